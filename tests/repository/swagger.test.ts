import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageFolder } from '../../shared/files/package-folder.js';
import { swaggerDocuments } from '../../tools/swagger-documents.js';

it('swagger/ holds what the programs serve: run `make swagger` and review the difference', async () => {
  for (const [name, text] of await swaggerDocuments()) {
    expect(await readFile(path.join(packageFolder(), 'swagger', name), 'utf8'), name).toBe(text);
  }
});
