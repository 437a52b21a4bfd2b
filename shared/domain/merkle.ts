import { hash } from 'node:crypto';

/** Lower-case hex SHA-256 of a text's UTF-8 bytes, or of bytes. */
export function sha256Hex(input: string | Uint8Array): string {
  return hash('sha256', input, 'hex');
}

const HASH_BYTES = 32;

/** Root of no leaves: SHA-256 of the empty string (contract 2.9, step 6). */
export const EMPTY_ROOT = sha256Hex('');

/**
 * Root of a list of leaf hashes, hex in and out (contract 2.9, steps 5 and 6). Neighbours pair from the left,
 * a parent hashes the raw bytes of both, an odd last node pairs with itself, a single leaf is its own root.
 */
export function merkleRoot(leafHashes: readonly string[]): string {
  if (leafHashes.length === 0) return EMPTY_ROOT;
  let level: Buffer[] = leafHashes.map((leaf) => Buffer.from(leaf, 'hex'));
  const pair = Buffer.allocUnsafe(2 * HASH_BYTES);
  while (level.length > 1) {
    const parents: Buffer[] = [];
    for (const [index, left] of level.entries()) {
      if (index % 2 === 1) continue;
      pair.set(left);
      pair.set(level[index + 1] ?? left, HASH_BYTES);
      parents.push(hash('sha256', pair, 'buffer'));
    }
    level = parents;
  }
  return (level[0] ?? Buffer.alloc(0)).toString('hex');
}
