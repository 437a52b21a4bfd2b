const LINE_FEED = 10;
/** As container runtimes cut long lines, so that one line never needs more memory than this. */
const LONGEST_PIECE_BYTES = 16 * 1024;

export interface Piece {
  readonly text: string;
  readonly complete: boolean;
}

/** Cuts a stream of bytes into lines; a line that is too long comes in pieces. */
export class LineSplitter {
  #pending: Buffer = Buffer.alloc(0);

  /** The lines and pieces that a chunk completes. */
  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let rest = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (let piece = nextPiece(rest); piece !== undefined; piece = nextPiece(rest)) {
      const { end, skip } = piece;
      pieces.push({ text: rest.toString('utf8', 0, end), complete: skip > end });
      rest = rest.subarray(skip);
    }
    // A copy, so that a short rest does not keep the whole chunk in memory.
    this.#pending = Buffer.from(rest);
    return pieces;
  }

  /** What is left when the stream ends: a line without its line feed. */
  end(): Piece[] {
    if (this.#pending.length === 0) return [];
    const text = this.#pending.toString('utf8');
    this.#pending = Buffer.alloc(0);
    return [{ text, complete: true }];
  }
}

function nextPiece(bytes: Buffer): { readonly end: number; readonly skip: number } | undefined {
  const feed = bytes.indexOf(LINE_FEED);
  if (feed !== -1 && feed <= LONGEST_PIECE_BYTES) return { end: feed, skip: feed + 1 };
  if (bytes.length <= LONGEST_PIECE_BYTES) return undefined;
  const end = characterBoundary(bytes, LONGEST_PIECE_BYTES);
  return { end, skip: end };
}

/** The last place up to `end` where no character of UTF-8 is cut: bytes 10xxxxxx belong to the one before. */
function characterBoundary(bytes: Buffer, end: number): number {
  for (let at = end; at > end - 4; at--) {
    if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return at;
  }
  return end;
}
