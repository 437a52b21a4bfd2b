import type { Fault } from '../../shared/domain/domain-error.js';
import { hasUnseen } from './visible-text.js';

const LONGEST_NAME = 128;

/** What is wrong with the name of a new user or role; empty when nothing is. Names that are imported are not asked. */
export function nameFaults(field: string, name: string): Fault[] {
  const length = [...name].length;
  if (length === 0) return [{ field, reason: 'must not be empty' }];
  const faults: Fault[] = [];
  if (length > LONGEST_NAME) {
    faults.push({ field, reason: `must be at most ${LONGEST_NAME} characters, found ${length}` });
  }
  if (hasUnseen(name)) faults.push({ field, reason: 'must not hold control or invisible characters' });
  if (name.trim() !== name) faults.push({ field, reason: 'must not begin or end with a blank' });
  return faults;
}

/**
 * The same for names that people take for one: they differ in case or in the form of their characters only. Names are
 * kept and compared as they are; it is a new one beside such a twin that is refused.
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** The one of these names that would be mistaken for `name`, itself included. */
export function twinOf(name: string, names: Iterable<string>): string | undefined {
  const key = nameKey(name);
  for (const other of names) if (nameKey(other) === key) return other;
  return undefined;
}
