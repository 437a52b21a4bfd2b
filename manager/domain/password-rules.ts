import type { Fault } from '../../shared/domain/domain-error.js';

export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 128;

/** What is wrong with a new password; empty when nothing is. Lengths count characters. */
export function passwordFaults(field: string, password: string, username: string): Fault[] {
  const length = [...password].length;
  const faults: Fault[] = [];
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD) {
    const reason = `must have ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters, found ${length}`;
    faults.push({ field, reason });
  }
  if (password.toLowerCase() === username.toLowerCase()) {
    faults.push({ field, reason: 'must not be the user name' });
  }
  return faults;
}
