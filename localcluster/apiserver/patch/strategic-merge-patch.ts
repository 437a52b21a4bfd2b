import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../objects/json.js';
import type { FieldType } from '../schema/field-type.js';
import { structType } from '../schema/struct-types.js';
import { inOrder } from './element-order.js';
import { StrategicPatchError } from './strategic-patch-error.js';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

/**
 * Applies a strategic merge patch to an object of a type of the tables: objects are merged, null removes, lists
 * are replaced, except those that the type merges by a key or as a set. The patch's directives are `$patch`
 * (delete, replace, merge), `$deleteFromPrimitiveList/`, `$setElementOrder/` and `$retainKeys`. (Kubernetes,
 * "Strategic Merge Patch", contributors' guide.)
 */
export function applyStrategicMergePatch(
  typeName: string,
  document: JsonObject,
  patch: JsonObject,
): JsonObject {
  return mergeObject({ shape: 'struct', name: typeName }, document, patch);
}

function mergeObject(type: FieldType | undefined, current: JsonObject, patch: JsonObject): JsonObject {
  if (patch[DIRECTIVE] === 'replace') return withoutDirective(patch);
  if (patch[DIRECTIVE] === 'delete') return {};
  if (patch[DIRECTIVE] !== undefined && patch[DIRECTIVE] !== 'merge') throw unknownDirective(patch);
  const merged = new Map<string, JsonValue | undefined>(Object.entries(retained(current, patch)));
  for (const [key, value] of Object.entries(patch)) {
    if (key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(SET_ORDER)) continue;
    if (key.startsWith(DELETE_FROM_LIST)) deleteFromList(merged, key.slice(DELETE_FROM_LIST.length), value);
    else if (value === null || value === undefined) merged.delete(key);
    else merged.set(key, mergeValue(fieldType(type, key), merged.get(key), value));
  }
  setElementOrders(type, merged, current, patch);
  return Object.fromEntries(merged);
}

/** With `$retainKeys`, only the listed keys of the current object live on. */
function retained(current: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return current;
  if (!isJsonArray(keys)) throw new StrategicPatchError(`${RETAIN_KEYS} must be a list of keys`);
  return Object.fromEntries(Object.entries(current).filter(([key]) => keys.includes(key)));
}

function unknownDirective(patch: JsonObject): StrategicPatchError {
  return new StrategicPatchError(`unknown patch type found: ${JSON.stringify(patch[DIRECTIVE])}`);
}

function withoutDirective(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => key !== DIRECTIVE));
}

/** The type of an object's entry; undefined where the tables do not know it. */
function fieldType(type: FieldType | undefined, key: string): FieldType | undefined {
  if (type?.shape === 'struct') return structType(type.name).fields.get(key)?.type;
  return type?.shape === 'map' ? type.value : undefined;
}

function mergeValue(
  type: FieldType | undefined,
  current: JsonValue | undefined,
  value: JsonValue,
): JsonValue | undefined {
  if (isJsonObject(value)) return mergeObject(type, isJsonObject(current) ? current : {}, value);
  if (!isJsonArray(value) || type?.shape !== 'list' || type.merge === undefined) return value;
  const list = isJsonArray(current) ? current : [];
  return type.merge.key === undefined
    ? mergeSet(list, value)
    : mergeByKey(type.element, type.merge.key, list, value);
}

function mergeSet(current: readonly JsonValue[], added: readonly JsonValue[]): readonly JsonValue[] {
  const all = [...new Set([...current, ...added])];
  return inOrder(all, added, current, sameScalar);
}

function deleteFromList(
  merged: Map<string, JsonValue | undefined>,
  key: string,
  removed: JsonValue | undefined,
): void {
  const list = merged.get(key);
  if (!isJsonArray(list) || !isJsonArray(removed)) return;
  merged.set(
    key,
    list.filter((item) => !removed.includes(item)),
  );
}

function mergeByKey(
  element: FieldType,
  key: string,
  current: readonly JsonValue[],
  patch: readonly JsonValue[],
): readonly JsonValue[] {
  const changes = patch.map((item) => keyed(item, key));
  const removed = changes.filter((item) => item[DIRECTIVE] === 'delete');
  const set = changes.filter((item) => item[DIRECTIVE] !== 'delete' && item[DIRECTIVE] !== 'replace');
  const replaced = changes.some((item) => item[DIRECTIVE] === 'replace');
  const kept = (replaced ? [] : current.map((item) => keyed(item, key))).filter(
    (item) => !removed.some((other) => other[key] === item[key]),
  );
  const merged = [...kept];
  for (const change of set) {
    const index = merged.findIndex((item) => item[key] === change[key]);
    if (index === -1) merged.push(mergeObject(element, {}, change));
    else merged[index] = mergeObject(element, merged[index] ?? {}, change);
  }
  return inOrder(merged, set, kept, sameKey(key));
}

function sameScalar(left: JsonValue, right: JsonValue): boolean {
  return left === right;
}

function sameKey(key: string) {
  return (left: JsonValue, right: JsonValue) =>
    isJsonObject(left) && isJsonObject(right) && left[key] === right[key];
}

function keyed(item: JsonValue, key: string): JsonObject {
  if (!isJsonObject(item)) throw new StrategicPatchError('an element of a merged list must be an object');
  if (item[key] === undefined && item[DIRECTIVE] !== 'replace') {
    const text = Object.entries(item).map(([name, value]) => `${name}:${String(value)}`);
    throw new StrategicPatchError(`map: map[${text.join(' ')}] does not contain declared merge key: ${key}`);
  }
  return item;
}

/** Puts the lists that a `$setElementOrder/` names into that order. */
function setElementOrders(
  type: FieldType | undefined,
  merged: Map<string, JsonValue | undefined>,
  current: JsonObject,
  patch: JsonObject,
): void {
  for (const [name, order] of Object.entries(patch)) {
    if (!name.startsWith(SET_ORDER) || !isJsonArray(order)) continue;
    const key = name.slice(SET_ORDER.length);
    const list = merged.get(key);
    const listType = fieldType(type, key);
    if (!isJsonArray(list) || listType?.shape !== 'list') continue;
    const mergeKey = listType.merge?.key;
    const same = mergeKey === undefined ? sameScalar : sameKey(mergeKey);
    const before = current[key];
    merged.set(key, inOrder(list, order, isJsonArray(before) ? before : [], same));
  }
}
