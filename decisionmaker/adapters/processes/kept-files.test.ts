import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptFiles } from './kept-files.js';
import { NodeFiles } from './node-files.js';
import { ReadErrors } from './read-errors.js';

let folder: string;
let files: NodeFiles;
let errors: ReadErrors;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'podium-kept-files-'));
  errors = new ReadErrors();
  files = new NodeFiles(errors);
});
afterEach(() => rmSync(folder, { recursive: true }));

function aFile(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('KeptFiles', () => {
  it('reads a file from its beginning each time, and keeps it open', () => {
    const kept = new KeptFiles(files);
    const file = kept.file(aFile('a', '1\n'));

    expect(String(file.read())).toBe('1\n');
    aFile('a', '22\n33\n');
    expect(String(file.read())).toBe('22\n33\n');
    expect(kept.openCount()).toBe(1);

    file.close();
    file.close();
    expect(kept.openCount()).toBe(0);
  });

  it('gives nothing for a file that is not there, and holds nothing', () => {
    const kept = new KeptFiles(files);

    expect(kept.file(path.join(folder, 'none')).read()).toBeUndefined();
    expect(kept.openCount()).toBe(0);
    expect(errors.byErrno().get('ENOENT')).toBe(1);
  });

  it('reads what is beyond its room without keeping it', () => {
    const kept = new KeptFiles(files, 2);
    const all = ['a', 'b', 'c'].map((name) => kept.file(aFile(name, name)));

    expect(all.map((file) => String(file.read()))).toEqual(['a', 'b', 'c']);
    expect(kept.openCount()).toBe(2);
    for (const file of all) file.close();
  });

  it('gives half of its descriptors back when the process has no more, and goes on', () => {
    const full = new NodeFiles(errors);
    let isFull = false;
    const open = full.open.bind(full);
    full.open = (file) => {
      if (!isFull) return open(file);
      errors.count('EMFILE');
      full.lastFailureWasForWantOfDescriptors = () => true;
      return undefined;
    };
    const kept = new KeptFiles(full);
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => kept.file(aFile(name, name)));
    for (const file of all.slice(0, 4)) file.read();
    isFull = true;

    expect(all.map((file) => String(file.read()))).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(kept.openCount()).toBe(2);
    for (const file of all) file.close();
  });
});
