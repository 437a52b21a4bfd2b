import { isJsonObject, type JsonObject, type JsonValue } from '../objects/json.js';

/** Applies a JSON Merge Patch (RFC 7396): objects are merged, null removes, everything else replaces. */
export function applyMergePatch(document: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map<string, JsonValue | undefined>(Object.entries(document));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergedValue(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function mergedValue(current: JsonValue | undefined, value: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(value)) return value;
  return applyMergePatch(isJsonObject(current) ? current : {}, value);
}
