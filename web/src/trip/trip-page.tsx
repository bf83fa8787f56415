export function TripPage(_: { readonly tripId?: string }) {
  return null;
}
