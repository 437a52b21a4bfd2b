import { ApiError } from '../errors/api-error.js';
import { invalidValue } from '../errors/field-error.js';
import { badRequest, invalidObject, plainFailure, unsupportedPatch } from '../errors/refusals.js';
import { apiVersionOf, type Kind } from '../kinds/kind.js';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonTypeName } from '../objects/json.js';
import { asJson, type KubernetesObject } from '../objects/kubernetes-object.js';
import { applyJsonPatch, JsonPatchError } from '../patch/json-patch.js';
import { applyMergePatch } from '../patch/merge-patch.js';
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.js';
import { StrategicPatchError } from '../patch/strategic-patch-error.js';
import { DecodeError } from '../schema/decode-error.js';
import { type DecodedObject, decodeObject, type FieldValidation } from './decode-object.js';

/** The media types of the patches that are understood. Server-side apply is not. */
export const PATCH_TYPES = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
} as const;

export interface PatchRequest {
  readonly kind: Kind;
  readonly mediaType: string;
  readonly patch: JsonValue;
  readonly validation: FieldValidation;
}

/** Applies a patch to an object and reads the outcome as an object of the kind again. Throws refusals. */
export function patchObject(request: PatchRequest, current: KubernetesObject): DecodedObject {
  const { kind, validation } = request;
  const typeMeta = { kind: kind.kind, apiVersion: apiVersionOf(kind) };
  const document = applyPatch(request, { ...typeMeta, ...asJson(current) });
  try {
    return decodeObject(kind, document, validation);
  } catch (error) {
    throw error instanceof DecodeError ? unusable(request.patch, error.message) : error;
  }
}

function applyPatch({ kind, mediaType, patch }: PatchRequest, current: JsonObject): JsonObject {
  switch (PATCH_TYPES[mediaType as keyof typeof PATCH_TYPES]) {
    case 'json':
      return jsonPatched(current, patch);
    case 'merge':
      return applyMergePatch(current, objectPatch(patch));
    case 'strategic':
      return strategicallyPatched(kind, current, objectPatch(patch));
    default:
      throw unsupportedPatch();
  }
}

function objectPatch(patch: JsonValue): JsonObject {
  if (isJsonObject(patch)) return patch;
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${jsonTypeName(patch)} into Go value of type map[string]interface {}`,
  );
}

function jsonPatched(current: JsonObject, patch: JsonValue): JsonObject {
  if (!isJsonArray(patch)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonTypeName(patch)} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  try {
    const patched = applyJsonPatch(current, patch);
    if (isJsonObject(patched)) return patched;
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
  }
  throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

function strategicallyPatched(kind: Kind, current: JsonObject, patch: JsonObject): JsonObject {
  try {
    return applyStrategicMergePatch(kind.kind, current, patch);
  } catch (error) {
    throw error instanceof StrategicPatchError ? plainFailure(error.message) : error;
  }
}

/** A patch whose outcome is no object of the kind. */
function unusable(patch: JsonValue, reason: string): ApiError {
  const fault = invalidValue('patch', goText(patch), reason);
  const { status } = invalidObject({ group: '', resource: '' }, '', [fault]);
  return new ApiError(422, 'Invalid', status.message ?? '', { causes: [fault] });
}

/** A value as Go prints it: that is how the real API server quotes a patch. */
function goText(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isJsonObject(value)) return value === null ? '<nil>' : String(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goText(item ?? null)}`).join(' ')}]`;
}
