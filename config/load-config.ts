import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { z } from 'zod';
import { DomainError, type Fault, messageOf } from '../shared/domain/domain-error.js';
import { type Environment, processEnvironment } from './environment.js';

/** What a program is told about its configuration file. */
export interface ProgramConfigSource {
  /** File name without `.toml`; the program's own default when it is empty or undefined. */
  readonly name: string | undefined;
  /** Folder to look in before `fallbackFolder`; `MANAGER_CONFIG_DIR_PATH` wins over it. */
  readonly folder: string | undefined;
  readonly fallbackFolder: string;
  /** The process's own unless a test says otherwise. */
  readonly environment?: Environment;
}

export interface ConfigSource extends ProgramConfigSource {
  /** `MANAGER_CONFIG_NAME` wins over it. */
  readonly name: string;
  /** `MANAGER` or `DM`: `MANAGER_SERVER_HOST` overrides `server.host`. */
  readonly environmentPrefix: string;
}

/** The two-level shape of our files: an object of sections, each an object of values with defaults. */
export type ConfigSchema = z.ZodObject;

/**
 * Reads a TOML file, lays the environment over it (for every key of the schema, in the file or not; an empty
 * variable counts as unset) and checks it against the schema. The result is frozen. A missing file, or every
 * fault of a bad one at once, comes back as a DomainError.
 */
export async function loadConfig<Schema extends ConfigSchema>(
  schema: Schema,
  source: ConfigSource,
): Promise<Readonly<z.output<Schema>>> {
  const environment = source.environment ?? processEnvironment();
  const file = findFile(source, environment);
  const sections = await readSections(file);
  const faults = overlayEnvironment(sections, schema, source.environmentPrefix, environment);
  const result = schema.safeParse(sections);
  if (!result.success) faults.push(...faultsOf(result.error));
  if (faults.length > 0 || !result.success) {
    const list = faults.map((fault) => `\n  ${fault.field}: ${fault.reason}`).join('');
    throw new DomainError('invalid', `${file} has ${faults.length} fault(s):${list}`, { details: faults });
  }
  for (const section of Object.values(result.data)) Object.freeze(section);
  return Object.freeze(result.data);
}

function findFile(source: ConfigSource, environment: Environment): string {
  const name = environment[`${source.environmentPrefix}_CONFIG_NAME`] || source.name;
  const folder = environment[`${source.environmentPrefix}_CONFIG_DIR_PATH`] || source.folder;
  const { fallbackFolder } = source;
  const folders = [...(folder === undefined ? [] : [folder]), fallbackFolder];
  const files = folders.map((candidate) => path.resolve(candidate, `${name}.toml`));
  const found = files.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new DomainError(
    'invalid',
    `there is no configuration file ${name}.toml, looked for ${files.join(' and ')}: ` +
      'name the file with -c (without .toml) and its folder with -d',
  );
}

type Sections = Record<string, Record<string, unknown>>;

async function readSections(file: string): Promise<Sections> {
  let table: Record<string, unknown>;
  try {
    table = parseToml(await readFile(file, 'utf8'));
  } catch (error) {
    throw new DomainError('invalid', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  return structuredClone(table) as Sections;
}

function overlayEnvironment(
  sections: Sections,
  schema: ConfigSchema,
  prefix: string,
  environment: Environment,
): Fault[] {
  const faults: Fault[] = [];
  for (const [section, sectionSchema] of Object.entries(schema.shape)) {
    for (const [key, valueSchema] of Object.entries(innerObject(sectionSchema as z.ZodType).shape)) {
      const variable = `${prefix}_${section}_${key}`.toUpperCase();
      const text = environment[variable];
      if (text === undefined || text === '') continue;
      const value = fromText(text, valueSchema as z.ZodType);
      if (value === undefined) {
        faults.push({ field: variable, reason: `cannot be read from ${JSON.stringify(text)}` });
        continue;
      }
      const target = sections[section] ?? {};
      target[key] = value;
      sections[section] = target;
    }
  }
  return faults;
}

const BOOLEAN_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** A variable's text as the type its key has; undefined when it is not of that type. */
function fromText(text: string, schema: z.ZodType): unknown {
  const inner = innerType(schema);
  if (inner instanceof z.ZodBoolean) return BOOLEAN_WORDS.get(text.toLowerCase());
  if (inner instanceof z.ZodNumber) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (inner instanceof z.ZodArray) return text.split(',').map((item) => item.trim());
  return text;
}

function innerType(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) {
    return innerType(schema.def.innerType as z.ZodType);
  }
  if (schema instanceof z.ZodPipe) return innerType(schema.def.in as z.ZodType);
  return schema;
}

function innerObject(schema: z.ZodType): z.ZodObject {
  return innerType(schema) as z.ZodObject;
}

function faultsOf(error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    const field = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return [{ field, reason: issue.message }];
    return issue.keys.map((key) => ({
      field: field === '' ? key : `${field}.${key}`,
      reason: 'is not a known key',
    }));
  });
}
