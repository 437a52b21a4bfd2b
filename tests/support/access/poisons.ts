import type { RawRequest } from './access-world.js';
import type { Operation, Parameter, Schema } from './operations.js';
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

/** Makes a valid request worse in one place. */
export type Poison = (valid: CaseRequest) => RawRequest;

/** Every way in which a request to a route can be worse than a valid one in one place. */
export function poisonsFor({ body, parameters }: Operation): readonly Poison[] {
  const named = (where: Parameter['in']) =>
    parameters.filter((parameter) => parameter.in === where).map(({ name }) => name);
  return [...(body === undefined ? [] : bodies(body)), ...paths(named('path')), ...queries(named('query'))];
}

function bodies(schema: Schema): Poison[] {
  const whole = [...POISONS, `{"${'a'.repeat(70_000)}":1}`, '\ufeff{}', '{'];
  return [
    ...whole.map(
      (text): Poison =>
        (valid) => ({ ...valid, body: text }),
    ),
    ...placesOf(schema).flatMap((place) =>
      POISONS.map(
        (poison): Poison =>
          (valid) => ({ ...valid, body: replaced(valid.body ?? {}, place, poison) }),
      ),
    ),
    ...FOREIGN_KEYS.map(
      (key): Poison =>
        (valid) => ({ ...valid, body: withKey(valid.body ?? {}, key) }),
    ),
  ];
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

function paths(names: readonly string[]): Poison[] {
  return names.flatMap((name) =>
    PATH_POISONS.map(
      (poison): Poison =>
        (valid) => ({ ...valid, params: { ...valid.params, [name]: poison } }),
    ),
  );
}

function queries(names: readonly string[]): Poison[] {
  return names
    .flatMap((name) => [
      ...QUERY_POISONS.map((poison) => `?${name}=${poison}`),
      `?${name}[$ne]=`,
      `?${name}=1&${name}=2`,
      `?__proto__[polluted]=1&${name}=1`,
    ])
    .map(
      (query): Poison =>
        (valid) => ({ ...valid, query }),
    );
}
