const DAY_MS = 24 * 60 * 60 * 1000;
/** Clocks differ: a certificate is valid a little before it was made. */
const SKEW_MS = 5 * 60 * 1000;

/** From now on for a number of days. */
export function validity(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - SKEW_MS), notAfter: new Date(now + days * DAY_MS) };
}
