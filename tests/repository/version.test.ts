import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { PRODUCT_VERSION } from '../../shared/domain/product-version.js';
import { packageFolder } from '../../shared/files/package-folder.js';

it('PRODUCT_VERSION is the version of package.json', async () => {
  const text = await readFile(path.join(packageFolder(), 'package.json'), 'utf8');

  expect(PRODUCT_VERSION).toBe(JSON.parse(text).version);
});
