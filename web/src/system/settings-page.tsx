export function SettingsPage(_: { readonly tripId?: string }) {
  return null;
}
