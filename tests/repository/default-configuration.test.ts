import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { decisionMakerSchema } from '../../config/decisionmaker-config.js';
import { managerConfigSchema } from '../../config/manager-config.js';
import { Secret } from '../../config/secret.js';
import { packageRoot } from '../../shared/files/package-root.js';

type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Every key with its value, secrets opened: such as `server.host` and `:8081`. */
function valuesOf(config: Sections): Record<string, unknown> {
  const entries = Object.entries(config).flatMap(([section, values]) =>
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`${section}.${key}`, value instanceof Secret ? value.reveal() : value]),
  );
  return Object.fromEntries(entries);
}

describe.each([
  ['manager_config.toml', managerConfigSchema],
  ['dm_config.toml', decisionMakerSchema],
] as const)('config/%s', (file, schema) => {
  const written = parse(readFileSync(path.join(packageRoot(), 'config', file), 'utf8')) as Sections;
  const defaults = valuesOf(schema.parse({}) as Sections);

  it('holds every key', () => {
    const known = valuesOf(written);
    expect(Object.keys(defaults).filter((key) => !Object.hasOwn(known, key))).toEqual([]);
  });

  it('says the defaults', () => {
    expect(valuesOf(schema.parse(written) as Sections)).toEqual(defaults);
  });
});
