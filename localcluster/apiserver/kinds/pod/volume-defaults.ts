import { isJsonObject, type JsonObject, type JsonValue } from '../../objects/json.js';
import type { Volume } from './pod.js';

/** rw-r--r-- */
const FILE_MODE = 0o644;

/** Fills in what a volume's author left out: a volume without a source is an empty folder. */
export function withVolumeDefaults(volume: Volume): Volume {
  const [source] = Object.keys(volume).filter((key) => key !== 'name');
  if (source === undefined) return { ...volume, emptyDir: {} };
  const value = volume[source] as JsonValue;
  return isJsonObject(value) ? { ...volume, [source]: withSourceDefaults(source, value) } : volume;
}

function withSourceDefaults(source: string, value: JsonObject): JsonObject {
  switch (source) {
    case 'hostPath':
      return { type: '', ...value };
    case 'secret':
    case 'configMap':
      return { defaultMode: FILE_MODE, ...value };
    case 'downwardAPI':
      return { defaultMode: FILE_MODE, ...value, ...items(value) };
    case 'projected':
      return { defaultMode: FILE_MODE, ...value, ...projections(value) };
    default:
      return value;
  }
}

function items(value: JsonObject): JsonObject {
  return Array.isArray(value.items) ? { items: value.items.map(withFieldVersion) } : {};
}

function withFieldVersion(item: JsonValue): JsonValue {
  if (!isJsonObject(item) || !isJsonObject(item.fieldRef)) return item;
  return { ...item, fieldRef: { apiVersion: 'v1', ...item.fieldRef } };
}

function projections(value: JsonObject): JsonObject {
  return Array.isArray(value.sources) ? { sources: value.sources.map(withProjectionDefaults) } : {};
}

function withProjectionDefaults(projection: JsonValue): JsonValue {
  if (!isJsonObject(projection)) return projection;
  const { serviceAccountToken: token, downwardAPI } = projection;
  return {
    ...projection,
    ...(isJsonObject(token) && { serviceAccountToken: { expirationSeconds: 3600, ...token } }),
    ...(isJsonObject(downwardAPI) && { downwardAPI: { ...downwardAPI, ...items(downwardAPI) } }),
  };
}
