import { canonicalJson } from './audit-chain.js';
import type { AuditActor, AuditEvent, AuditFacts } from './audit-entry.js';

/** A text in an entry; whoever sends more than this does not decide how much is kept for ever. */
const LONGEST_TEXT = 4_096;

/** What changed between two states of a thing: the fields that differ, as they were and as they are. */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): { readonly before: AuditFacts; readonly after: AuditFacts } {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = keys.filter((key) => canonicalJson(before[key]) !== canonicalJson(after[key]));
  const pick = (values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(changed.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])));
  return { before: pick(before), after: pick(after) };
}

/**
 * An actor or event in the form that every store gives back exactly as it was, whatever it is made of: missing values
 * left out, numbers that JSON knows, well-formed texts of bounded length, keys without the signs that mean something
 * to a store. The hash is worked out over this.
 */
export function asKept<Value extends AuditActor | AuditEvent>(value: Value): Value {
  return kept(value) as Value;
}

function kept(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return keptText(value);
    case 'number':
      return Number.isFinite(value) ? value + 0 : null;
    case 'bigint':
      return String(value);
    case 'object':
      break;
    default:
      return typeof value === 'boolean' ? value : null;
  }
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(kept);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [keptText(key).replaceAll(/^\$|[.\0]/g, '_'), kept(field)]),
  );
}

/** UTF-8 has no lone surrogates: what a store would replace is replaced before it is hashed. */
function keptText(text: string): string {
  const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return short.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

const SECRET_KEY = /passw|pwd|hash|token|secret|credential|cookie|private|pem$/i;
const PEM = /-{5}BEGIN /;

/**
 * Where the facts of an event hold what looks like a secret: by the name of the key, or a PEM block in the value. A
 * net under the rule that nobody tells one; yes and no are none.
 */
export function secretsIn({ before, after }: AuditEvent): string[] {
  return [...secretPaths(before, 'before'), ...secretPaths(after, 'after')];
}

/** The event without them. */
export function withoutSecrets(event: AuditEvent): AuditEvent {
  const { before, after } = event;
  return {
    ...event,
    ...(before === undefined ? {} : { before: stripped(before) as AuditFacts }),
    ...(after === undefined ? {} : { after: stripped(after) as AuditFacts }),
  };
}

function isSecret(key: string, value: unknown): boolean {
  if (typeof value === 'string' && PEM.test(value)) return true;
  return SECRET_KEY.test(key) && typeof value !== 'boolean' && value !== undefined;
}

function secretPaths(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const at = `${path}.${key}`;
    return isSecret(key, field) ? [at] : secretPaths(field, at);
  });
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isSecret('', item)).map(stripped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => (isSecret(key, field) ? [] : [[key, stripped(field)]])),
  );
}
