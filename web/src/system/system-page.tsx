export function SystemPage(_: { readonly tripId?: string }) {
  return null;
}
