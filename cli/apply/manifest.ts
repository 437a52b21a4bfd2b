import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import type { Item } from '../output/table.js';

/** One thing that a file asks for. */
export interface Manifest {
  readonly value: Item;
  /** File and line where it begins, for people. */
  readonly place: string;
  /** File and line of a field as the server names it, such as `labelSelectors[0].key`. */
  placeOf(field: string): string;
}

/**
 * Reads YAML or JSON: documents separated by `---`, lists, and what `list -o yaml` prints (`listKey` and its list).
 * Throws `invalid` when the text is neither, with file and line.
 */
export function parseManifests(text: string, file: string, listKey: string): readonly Manifest[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  // An empty text is told by an object of the list's own type.
  if (!Array.isArray(documents)) return [];
  const place = (node: Node) => `${file}:${lines.linePos(node.range?.[0] ?? 0).line}`;
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw new DomainError('invalid', `${file}:${line}:${col}: ${error.message}`);
    }
    const root = document.contents;
    if (root === null || (isScalar(root) && root.value === null)) return [];
    return entriesOf(root, listKey).map((node) => {
      if (!isMap(node)) throw new DomainError('invalid', `${place(node)}: expected an object with fields`);
      return {
        value: plain(() => node.toJS(document), place(node)),
        place: place(node),
        placeOf: (field) => place(nodeAt(node, field)),
      };
    });
  });
}

function entriesOf(root: Node, listKey: string): readonly Node[] {
  if (isSeq<Node>(root)) return root.items;
  if (!isMap(root)) return [root];
  const list = root.items.find(({ key }) => isScalar(key) && key.value === listKey)?.value;
  return isSeq<Node>(list) ? list.items : [root];
}

function plain(read: () => unknown, place: string): Item {
  try {
    return read() as Item;
  } catch (error) {
    throw new DomainError('invalid', `${place}: ${messageOf(error)}`, { cause: error });
  }
}

/** Where a field stands, or the innermost thing around it that there is. */
function nodeAt(node: Node, field: string): Node {
  let found = node;
  let inner: unknown = node;
  for (const part of field.match(/[^.[\]]+/g) ?? []) {
    if (isMap(inner)) {
      const pair = inner.items.find(({ key }) => isScalar(key) && sameKey(key.value, part));
      if (pair === undefined) break;
      found = pair.key as Node;
      inner = pair.value;
    } else if (isSeq<Node>(inner)) {
      const entry = inner.items[Number(part)];
      if (entry === undefined) break;
      found = entry;
      inner = entry;
    } else break;
  }
  return found;
}

/** Keys match ignoring case, as in the API. */
function sameKey(key: unknown, part: string): boolean {
  return String(key).toLowerCase() === part.toLowerCase();
}
