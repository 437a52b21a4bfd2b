import { createHash } from 'node:crypto';

/** Lower-case hex SHA-256 of a text's UTF-8 bytes, or of bytes. */
export function sha256Hex(input: string | Uint8Array): string {
  return createHash('sha256').update(input).digest('hex');
}

/** Root of no leaves: SHA-256 of the empty string (contract 2.9, step 6). */
export const EMPTY_ROOT = sha256Hex('');

/**
 * Root of a list of leaf hashes, hex in and out (contract 2.9, steps 5 and 6). Neighbours pair from the left,
 * a parent hashes the raw bytes of both, an odd last node pairs with itself, a single leaf is its own root.
 */
export function merkleRoot(leafHashes: readonly string[]): string {
  if (leafHashes.length === 0) return EMPTY_ROOT;
  let level: Buffer[] = leafHashes.map((hash) => Buffer.from(hash, 'hex'));
  while (level.length > 1) {
    const parents: Buffer[] = [];
    for (const [index, left] of level.entries()) {
      if (index % 2 === 1) continue;
      const right = level[index + 1] ?? left;
      parents.push(createHash('sha256').update(left).update(right).digest());
    }
    level = parents;
  }
  return (level[0] ?? Buffer.alloc(0)).toString('hex');
}
