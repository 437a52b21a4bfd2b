import { badRequest, unsupportedPatch } from '../errors/refusals.js';
import type { JsonValue } from '../objects/json.js';
import { parseMediaType } from '../representation/media-type.js';
import type { ClusterState } from '../resources/cluster-state.js';
import { PATCH_TYPES, patchObject } from '../resources/patch-document.js';
import { updateObject } from '../resources/update-object.js';
import type { Answer } from './answer.js';
import { objectAnswer } from './object-answer.js';
import { parseJson } from './request-body.js';
import type { ResourceCall } from './resource-call.js';
import { parseWriteOptions } from './write-options.js';

/** Patches an object or its status. */
export async function patchRoute(cluster: ClusterState, call: ResourceCall): Promise<Answer> {
  const { request, address } = call;
  const { dryRun, validation } = parseWriteOptions(request.query, 'PatchOptions');
  const mediaType = parseMediaType(request.contentType).type;
  if (!Object.hasOwn(PATCH_TYPES, mediaType)) throw unsupportedPatch();
  const patch = parsePatch(await request.readBody());
  let warnings: readonly string[] = [];
  const object = updateObject(cluster, {
    ...address,
    subresource: request.info.subresource === 'status' ? 'status' : '',
    dryRun,
    change: (current) => {
      const patched = patchObject({ kind: address.kind, mediaType, patch, validation }, current);
      warnings = patched.warnings;
      return patched.object;
    },
  });
  return objectAnswer(call, 200, object, warnings);
}

function parsePatch(body: Buffer): JsonValue {
  return parseJson(body.toString(), (reason) => badRequest(`error decoding patch: ${reason}`));
}
