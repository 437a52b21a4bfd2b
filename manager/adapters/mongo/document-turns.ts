interface Turns {
  last: Promise<unknown>;
  waiting: number;
  /** The newest revision that one of these turns has written. */
  written: number;
}

/**
 * Lets one conditional update after the other through to a document. Of many that race from one revision, only the
 * first is asked of the server. MongoDB does not need the order; FerretDB 1.x reads and writes in two steps, so that
 * without it both of two updates would think that they have won.
 */
export class DocumentTurns {
  readonly #turns = new Map<string, Turns>();

  /** False without asking when another turn has already written over `expectedRevision`. */
  async change(id: string, expectedRevision: number, update: () => Promise<boolean>): Promise<boolean> {
    const turns = this.#turns.get(id) ?? { last: Promise.resolve(), waiting: 0, written: 0 };
    this.#turns.set(id, turns);
    turns.waiting++;
    const mine = turns.last.then(async () => {
      if (expectedRevision < turns.written) return false;
      const isDone = await update();
      if (isDone) turns.written = expectedRevision + 1;
      return isDone;
    });
    turns.last = mine.catch(() => {});
    try {
      return await mine;
    } finally {
      turns.waiting--;
      if (turns.waiting === 0) this.#turns.delete(id);
    }
  }
}
