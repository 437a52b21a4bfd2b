import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageFolder } from '../shared/files/package-folder.js';
import { swaggerDocuments } from './swagger-documents.js';

for (const [name, text] of await swaggerDocuments()) {
  await writeFile(path.join(packageFolder(), 'swagger', name), text);
}
