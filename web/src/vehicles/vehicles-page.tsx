export function VehiclesPage(_: { readonly tripId?: string }) {
  return null;
}
