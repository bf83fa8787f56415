/**
 * The identity of a vehicle: one string, `vehicle` everywhere but in an event, which says `vin` or `vehicle_id`.
 * @see ISO 3779 for the VIN: 17 characters without I, O and Q. Its check digit is North American only and not tested.
 */
export const VIN = /^[A-HJ-NPR-Z0-9]{17}$/;

/** A vehicle without a VIN, or whose owner would rather not send it, has a name of its own. */
export const VEHICLE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The vehicle that `fleet check` and `helm test` drive for a moment: lists leave it out. */
export const CHECK_VEHICLE = 'helm-test';

/** Whether a text can be a vehicle: every VIN is a vehicle id too. */
export function isVehicle(text: string): boolean {
  return VEHICLE_ID.test(text);
}
