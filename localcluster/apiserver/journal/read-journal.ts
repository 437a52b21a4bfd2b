import { DomainError } from '../../../shared/domain/domain-error.js';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import { isJsonObject, type JsonValue } from '../objects/json.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';

/** One object as it was last written down. */
export interface JournalEntry {
  readonly resource: string;
  readonly key: string;
  readonly object: KubernetesObject;
}

/** The first line of every journal. */
export const JOURNAL_HEADER = JSON.stringify({ format: 'podium objects', version: 1 });

/** A line of a journal: what an object has become, or that it is gone. */
export function journalLine(resource: string, key: string, objectJson: string | undefined): string {
  const head = `{"resource":${JSON.stringify(resource)},"key":${JSON.stringify(key)}`;
  return objectJson === undefined ? `${head}}\n` : `${head},"object":${objectJson}}\n`;
}

/**
 * Reads what a journal leaves of all objects; nothing when there is no such file. A last line that was cut off
 * in a crash is passed over. Rejects with `invalid` for a file that is no journal or is damaged elsewhere.
 */
export async function readJournal(file: string): Promise<readonly JournalEntry[]> {
  const text = await readIfPresent(file);
  if (text === undefined || text === '') return [];
  const [header, ...lines] = text.split('\n');
  if (header !== JOURNAL_HEADER) throw damaged(file, 1);
  const entries = new Map<string, JournalEntry>();
  // What follows the last line break is empty, or a line that was never finished.
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const entry = parseEntry(line);
    if (entry === undefined) throw damaged(file, index + 2);
    const id = `${entry.resource} ${entry.key}`;
    if (entry.object === undefined) entries.delete(id);
    else entries.set(id, { ...entry, object: entry.object });
  }
  return [...entries.values()];
}

function damaged(file: string, line: number): DomainError {
  return new DomainError(
    'invalid',
    `line ${line} of the data file ${file} cannot be read: remove the file to begin with an empty cluster`,
  );
}

function parseEntry(line: string): (Omit<JournalEntry, 'object'> & Partial<JournalEntry>) | undefined {
  const value = parse(line);
  if (!isJsonObject(value)) return undefined;
  const { resource, key, object } = value;
  if (typeof resource !== 'string' || typeof key !== 'string') return undefined;
  if (object === undefined) return { resource, key };
  return isJsonObject(object) ? { resource, key, object: object as unknown as KubernetesObject } : undefined;
}

function parse(line: string): JsonValue | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
