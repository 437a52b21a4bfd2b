import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import type { Terminal } from '../input/terminal.js';

export interface Source {
  /** For people. */
  readonly name: string;
  readonly text: string;
}

const MAX_FILE_BYTES = 8 * 1024 * 1024;
const MAX_FILES = 1_000;

/** The texts that `-f` names: files, the files of folders by their name, and standard input. */
export async function readSources(named: readonly string[], terminal: Terminal): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const name of named) {
    if (name === '-') sources.push({ name: 'standard input', text: await terminal.readAll() });
    else for (const file of await filesOf(name)) sources.push({ name: file, text: await textIn(file) });
  }
  return sources;
}

async function filesOf(name: string): Promise<readonly string[]> {
  const found = await stat(name).catch(unreadable(name));
  if (!found.isDirectory()) return [name];
  const names = (await readdir(name).catch(unreadable(name))).filter((file) => /\.(ya?ml|json)$/i.test(file));
  if (names.length === 0) throw new DomainError('invalid', `${name} holds no .yaml, .yml or .json file`);
  if (names.length > MAX_FILES)
    throw new DomainError('invalid', `${name} holds more than ${MAX_FILES} files`);
  return names.sort().map((file) => path.join(name, file));
}

async function textIn(file: string): Promise<string> {
  const { size } = await stat(file).catch(unreadable(file));
  if (size > MAX_FILE_BYTES)
    throw new DomainError('invalid', `${file} is larger than ${MAX_FILE_BYTES} bytes`);
  return readFile(file, 'utf8').catch(unreadable(file));
}

function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    throw new DomainError('invalid', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  };
}
