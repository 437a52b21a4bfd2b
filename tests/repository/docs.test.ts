import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../shared/files/package-root.js';

const root = packageRoot();

async function documents(): Promise<string[]> {
  const below = async (folder: string): Promise<string[]> => {
    const entries = await readdir(path.join(root, folder), { withFileTypes: true });
    const files = entries.map(async (entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return below(file);
      return entry.name.endsWith('.md') ? [file] : [];
    });
    return (await Promise.all(files)).flat();
  };
  const top = (await readdir(root)).filter((name) => name.endsWith('.md'));
  return [...top, ...(await below('docs'))];
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Files of this repository that a text names in code type, such as `manager/main.ts`. */
function namedFiles(text: string): string[] {
  const names = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|mjs|md|json|yaml|sh|toml))`/g)];
  return names.map((match) => match[1] ?? '');
}

function linkedFiles(text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)];
  return links.map((match) => match[1] ?? '');
}

describe('the documents', () => {
  it('name only files that are there: correct the name, or take the sentence out', async () => {
    const missing: string[] = [];
    for (const document of await documents()) {
      const text = await readFile(path.join(root, document), 'utf8');
      const links = linkedFiles(text).map((link) => path.join(path.dirname(document), link));
      for (const file of [...namedFiles(text), ...links]) {
        if (!(await isThere(path.join(root, file)))) missing.push(`${document}: ${file}`);
      }
    }

    expect(missing).toEqual([]);
  });

  it('hold no mark of a merge that was not finished', async () => {
    const marked: string[] = [];
    for (const document of await documents()) {
      const text = await readFile(path.join(root, document), 'utf8');
      if (/^(<{7}|={7}|>{7})( |$)/m.test(text)) marked.push(document);
    }

    expect(marked).toEqual([]);
  });

  it('have every decision in the list of decisions', async () => {
    const list = await readFile(path.join(root, 'docs/adr/README.md'), 'utf8');
    const records = (await readdir(path.join(root, 'docs/adr'))).filter((name) => /^\d{4}-/.test(name));

    expect(records.filter((name) => !list.includes(`(${name})`))).toEqual([]);
    expect(records.length).toBeGreaterThan(9);
  });
});
