import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { managerConfigSchema } from '../config/manager-config.js';
import { decisionMakerOpenApiDocument } from '../decisionmaker/app/create-decision-maker.js';
import { createManager } from '../manager/app/create-manager.js';
import { openApiDocument } from '../manager/http/openapi-document.js';

/** The OpenAPI documents that the programs serve, by file name in swagger/. Nothing is started for them. */
export async function swaggerDocuments(): Promise<ReadonlyMap<string, string>> {
  const stateFolder = await mkdtemp(path.join(tmpdir(), 'podium-swagger-'));
  try {
    const config = managerConfigSchema.parse({ state: { dir: stateFolder }, logging: { level: 'silent' } });
    const { api } = await createManager(config);
    return new Map([
      ['manager.json', textOf(openApiDocument(api))],
      ['decisionmaker.json', textOf(decisionMakerOpenApiDocument())],
    ]);
  } finally {
    await rm(stateFolder, { recursive: true, force: true });
  }
}

function textOf(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
