import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../shared/files/package-root.js';
import { swaggerDocuments } from './swagger-documents.js';

for (const [name, text] of await swaggerDocuments()) {
  await writeFile(path.join(packageRoot(), 'swagger', name), text);
}
