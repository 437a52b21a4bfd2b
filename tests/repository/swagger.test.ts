import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../shared/files/package-root.js';
import { swaggerDocuments } from '../../tools/swagger-documents.js';

it('swagger/ holds what the programs serve: run `make swagger` and review the difference', async () => {
  for (const [name, text] of await swaggerDocuments()) {
    expect(await readFile(path.join(packageRoot(), 'swagger', name), 'utf8'), name).toBe(text);
  }
});
