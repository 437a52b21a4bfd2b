import type { RawRequest } from './access-world.js';
import type { Operation, Schema } from './operations.js';
import type { CaseRequest } from './route-cases.js';

/** JSON texts that a value is replaced by, one at a time. */
const POISONS: readonly string[] = [
  '{"$gt":""}',
  '{"$ne":null}',
  '{"$where":"sleep(1)"}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '[]',
  '["x"]',
  '[{"$gt":""}]',
  'true',
  'null',
  '-1',
  '1.5',
  '1e308',
  '1e999',
  '9007199254740993',
  '18446744073709551616',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"$where"',
  '"../../../etc/passwd"',
  '"%2e%2e%2f"',
  `"${'ä'.repeat(20_000)}"`,
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
];

/** What a caller has no business to say, put beside what the body says. */
const FOREIGN_KEYS: readonly string[] = [
  '"__proto__":{"polluted":true,"roles":["admin"]}',
  '"constructor":{"prototype":{"polluted":true}}',
  '"prototype":{"polluted":true}',
  '"_id":"ffffffffffffffffffffffff"',
  '"id":"eeeeeeeeeeeeeeeeeeeeeeee"',
  '"ownerId":"eeeeeeeeeeeeeeeeeeeeeeee"',
  '"creatorID":"eeeeeeeeeeeeeeeeeeeeeeee"',
  '"revision":99',
  '"passwordHash":"$argon2id$v=19$m=16384,t=3,p=2$c2FsdHNhbHRzYWx0c2FsdA$AAAA"',
  '"tokenVersion":99',
  '"createdTime":1',
  '"identity":{"issuer":"x","subject":"y"}',
  '"$set":{"roles":["admin"]}',
  '"permissionKeys":["user.create"]',
];

/** Texts for a parameter of the path. */
const PATH_POISONS: readonly string[] = [
  '../../users',
  '..%2f..%2fusers',
  '$gt',
  '[$ne]',
  '{"$ne":null}',
  '\u0000',
  'zz',
  '__proto__',
  'constructor',
  'F'.repeat(24),
  'ä'.repeat(1_000),
];

const QUERY_POISONS: readonly string[] = [
  '',
  '-1',
  '1e9',
  '99999999999999999999',
  '{"$ne":null}',
  '%00',
  '%ed%a0%80',
  '__proto__',
  '../..',
];

/** Every request that is worse than the given one in one place. */
export function poisoned(operation: Operation, valid: CaseRequest): readonly RawRequest[] {
  return [...bodies(operation.body, valid), ...paths(valid), ...queries(operation, valid)];
}

function bodies(schema: Schema | undefined, valid: CaseRequest): RawRequest[] {
  if (schema === undefined) return [];
  const body = valid.body ?? {};
  const texts = [
    ...POISONS,
    ...placesOf(schema).flatMap((place) => POISONS.map((poison) => replaced(body, place, poison))),
    ...FOREIGN_KEYS.map((key) => withKey(body, key)),
    `{"${'a'.repeat(70_000)}":1}`,
    '\ufeff{}',
    '{',
  ];
  return texts.map((text) => ({ ...valid, body: text }));
}

/** The keys of a body, and those of the objects and lists in it. */
function placesOf(schema: Schema): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
    [name],
    ...placesOf(inner).map((rest) => [name, ...rest]),
    ...placesOf(inner.items ?? {}).map((rest) => [name, '[]', ...rest]),
  ]);
}

const MARK = 'the poison stands here';

function replaced(body: object, place: readonly string[], poison: string): string {
  return JSON.stringify(withMark(body, place)).replace(JSON.stringify(MARK), () => poison);
}

function withMark(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return MARK;
  if (first === '[]') return [withMark({}, rest)];
  return {
    ...(value as object | undefined),
    [first]: withMark((value as Record<string, unknown>)?.[first], rest),
  };
}

function withKey(body: object, key: string): string {
  const text = JSON.stringify(body);
  return text === '{}' ? `{${key}}` : `${text.slice(0, -1)},${key}}`;
}

function paths(valid: CaseRequest): RawRequest[] {
  return Object.keys(valid.params ?? {}).flatMap((name) =>
    PATH_POISONS.map((poison) => ({ ...valid, params: { ...valid.params, [name]: poison } })),
  );
}

function queries({ parameters }: Operation, valid: CaseRequest): RawRequest[] {
  return parameters
    .filter((parameter) => parameter.in === 'query')
    .flatMap(({ name }) => [
      ...QUERY_POISONS.map((poison) => `?${name}=${poison}`),
      `?${name}[$ne]=`,
      `?${name}=1&${name}=2`,
      `?__proto__[polluted]=1&${name}=1`,
    ])
    .map((query) => ({ ...valid, query }));
}
