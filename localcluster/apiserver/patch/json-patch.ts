import { isDeepStrictEqual } from 'node:util';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../objects/json.js';

/** An operation that cannot be done on this document. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
}

/** A step of a list or object: gives the container anew, with one entry changed. */
type Change = (container: Container, key: string) => Container;
type Container = JsonObject | readonly JsonValue[];

/** Applies the operations of a JSON Patch (RFC 6902) in order. Throws {@link JsonPatchError} at the first failure. */
export function applyJsonPatch(document: JsonValue, operations: readonly JsonValue[]): JsonValue {
  return operations.reduce(applyOperation, document);
}

function applyOperation(document: JsonValue, operation: JsonValue): JsonValue {
  if (!isJsonObject(operation)) throw new JsonPatchError('an operation must be an object');
  const path = readPointer(operation, 'path');
  switch (operation.op) {
    case 'add':
      return edit(document, path, insert(readValue(operation)));
    case 'remove':
      return edit(document, path, remove);
    case 'replace':
      return edit(document, path, replace(readValue(operation)));
    case 'move': {
      const from = readPointer(operation, 'from');
      const value = find(document, from);
      return edit(edit(document, from, remove), path, insert(value));
    }
    case 'copy':
      return edit(document, path, insert(find(document, readPointer(operation, 'from'))));
    case 'test':
      if (isDeepStrictEqual(find(document, path), readValue(operation))) return document;
      throw new JsonPatchError(`testing value ${operation.path} failed`);
    default:
      throw new JsonPatchError(`unexpected operation ${JSON.stringify(operation.op)}`);
  }
}

/** The keys of a JSON Pointer (RFC 6901). */
function readPointer(operation: JsonObject, member: 'path' | 'from'): readonly string[] {
  const pointer = operation[member];
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) {
    throw new JsonPatchError(`${member} must be a JSON pointer`);
  }
  const keys = pointer.split('/').slice(1);
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function readValue(operation: JsonObject): JsonValue {
  if (operation.value === undefined) throw new JsonPatchError('the operation needs a value');
  return operation.value;
}

function find(document: JsonValue, path: readonly string[]): JsonValue {
  return path.reduce(child, document);
}

function child(container: JsonValue, key: string): JsonValue {
  const value = isJsonArray(container)
    ? container[index(container, key, container.length - 1)]
    : isJsonObject(container) && Object.hasOwn(container, key)
      ? container[key]
      : undefined;
  if (value === undefined) throw new JsonPatchError(`there is nothing at ${key}`);
  return value;
}

function edit(document: JsonValue, path: readonly string[], change: Change): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) throw new JsonPatchError('the whole document cannot be changed at once');
  if (!isJsonArray(document) && !isJsonObject(document))
    throw new JsonPatchError(`there is nothing at ${key}`);
  if (rest.length === 0) return change(document, key);
  return replace(edit(child(document, key), rest, change))(document, key);
}

function insert(value: JsonValue): Change {
  return (container, key) => {
    if (!isJsonArray(container)) return { ...container, [key]: value };
    const at = key === '-' ? container.length : index(container, key, container.length);
    return container.toSpliced(at, 0, value);
  };
}

/** As the real API server has it, an object's missing entry may be replaced, a list's may not. */
function replace(value: JsonValue): Change {
  return (container, key) =>
    isJsonArray(container)
      ? container.with(index(container, key, container.length - 1), value)
      : { ...container, [key]: value };
}

function remove(container: Container, key: string): Container {
  child(container, key);
  if (isJsonArray(container)) return container.toSpliced(index(container, key, container.length - 1), 1);
  return Object.fromEntries(Object.entries(container).filter(([name]) => name !== key));
}

function index(list: readonly JsonValue[], key: string, largest: number): number {
  const number = /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  if (number <= largest) return number;
  throw new JsonPatchError(`a list of ${list.length} has no place ${key}`);
}
