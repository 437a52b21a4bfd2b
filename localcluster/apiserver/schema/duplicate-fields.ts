const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

interface Frame {
  /** The keys seen so far; undefined for a list. */
  readonly keys: Set<string> | undefined;
  readonly path: string;
  /** Number of the element, in a list. */
  index: number;
  /** The key that the next value belongs to; undefined while a key is expected. */
  key: string | undefined;
}

/**
 * The paths of fields that stand more than once in their object, in a text that is known to be JSON. A JSON
 * parser keeps the last of them and says nothing.
 */
export function duplicateFields(json: string): readonly string[] {
  const duplicates: string[] = [];
  const frames: Frame[] = [];
  for (const [token] of json.matchAll(TOKEN)) {
    const frame = frames.at(-1);
    if (token === '{' || token === '[') frames.push(open(token, frame));
    else if (token === '}' || token === ']') frames.pop();
    else if (token === ',') advance(frame);
    else if (frame?.keys !== undefined && frame.key === undefined)
      noteKey(frame, JSON.parse(token), duplicates);
  }
  return duplicates;
}

function open(token: '{' | '[', parent: Frame | undefined): Frame {
  const path = parent === undefined ? '' : childPath(parent);
  return { keys: token === '{' ? new Set() : undefined, path, index: 0, key: undefined };
}

function childPath({ keys, path, index, key = '' }: Frame): string {
  if (keys === undefined) return `${path}[${index}]`;
  return path === '' ? key : `${path}.${key}`;
}

function advance(frame: Frame | undefined): void {
  if (frame === undefined) return;
  frame.index += 1;
  frame.key = undefined;
}

function noteKey(frame: Frame, key: string, duplicates: string[]): void {
  frame.key = key;
  if (frame.keys?.has(key)) duplicates.push(childPath(frame));
  frame.keys?.add(key);
}
