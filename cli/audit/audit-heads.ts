import path from 'node:path';
import type { ChainHead } from '../../manager/domain/audit-chain.js';
import { DomainError } from '../../shared/domain/domain-error.js';
import { readIfPresent } from '../../shared/files/read-if-present.js';
import { writeFileDurably } from '../../shared/files/write-file-durably.js';
import { withFileLock } from '../client/file-lock.js';

const LOCK_WAIT_MS = 10_000;

type Heads = Readonly<Record<string, ChainHead>>;

/** The end of each server's audit log as the last good check saw it. Kept when one signs out. */
export class AuditHeads {
  readonly #file: string;

  /** @param folder Of the credentials; it must exist. */
  constructor(folder: string) {
    this.#file = path.join(folder, 'audit-heads.json');
  }

  async of(server: string): Promise<ChainHead | undefined> {
    return (await this.#read())[server];
  }

  async remember(server: string, { sequence, hash }: ChainHead): Promise<void> {
    await withFileLock(this.#file, LOCK_WAIT_MS, async () => {
      const heads = { ...(await this.#read()), [server]: { sequence, hash } };
      await writeFileDurably(this.#file, `${JSON.stringify(heads, undefined, 2)}\n`, 0o600);
    });
  }

  async #read(): Promise<Heads> {
    const text = await readIfPresent(this.#file);
    if (text === undefined) return {};
    try {
      const heads = JSON.parse(text) as Heads;
      if (Object.values(heads).every(isHead)) return heads;
    } catch {
      // Told below like any other content that is not ours.
    }
    throw new DomainError('invalid', `${this.#file} is not a file of podium's: look at it, then delete it`);
  }
}

function isHead(value: unknown): value is ChainHead {
  const { sequence, hash } = (value ?? {}) as Partial<ChainHead>;
  return Number.isInteger(sequence) && /^[0-9a-f]{64}$/.test(String(hash));
}
