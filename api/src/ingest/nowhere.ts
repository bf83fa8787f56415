/** What readers of bytes say instead of where something ends: it is not plainly right. */
export const NOWHERE = -1;
