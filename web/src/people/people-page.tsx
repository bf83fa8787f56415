export function PeoplePage(_: { readonly tripId?: string }) {
  return null;
}
