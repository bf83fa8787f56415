/**
 * Data that may be bad is a value, not an exception: either what was wanted, or what is wrong with it. Exceptions are
 * for infrastructure (a disk, a link), whose failure says nothing about the data.
 */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** A good result. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** A bad result. */
export function bad<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}
