import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot, productVersion } from './package-root.js';

describe('packageRoot', () => {
  it('is where the package and its default configuration are', () => {
    expect(existsSync(path.join(packageRoot(), 'config'))).toBe(true);
    expect(productVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });
});
