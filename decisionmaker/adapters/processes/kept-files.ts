import { closeSync, type PathLike, readFileSync } from 'node:fs';
import type { NodeFiles } from './node-files.js';

/** A file that is read again and again. */
export interface KeptFile {
  /** All its bytes, valid until the next read of any file; undefined when it cannot be read. */
  read(): Buffer | undefined;
  close(): void;
}

/** More descriptors than this help nobody: a node has hundreds of containers, not thousands. */
const MOST_OPEN = 16_384;

/**
 * Keeps files open, because opening one of the kernel's small files costs more than reading it. Where there are no
 * more descriptors, files are opened for each read, as without it.
 */
export class KeptFiles {
  readonly #files: NodeFiles;
  readonly #open = new Map<object, number>();
  #limit: number;

  /** @param limit Most files to keep open. */
  constructor(files: NodeFiles, limit = halfOfTheDescriptors()) {
    this.#files = files;
    this.#limit = limit;
  }

  file(path: PathLike): KeptFile {
    const key = {};
    return { read: () => this.#read(key, path), close: () => this.#close(key) };
  }

  openCount(): number {
    return this.#open.size;
  }

  #read(key: object, path: PathLike): Buffer | undefined {
    const kept = this.#open.get(key);
    if (kept !== undefined) {
      const bytes = this.#files.bytesOf(kept);
      if (bytes !== undefined) return bytes;
      // The cgroup that was opened is gone (ENODEV); another one may have its name.
      this.#close(key);
    }
    if (this.#open.size >= this.#limit) return this.#files.bytes(path);
    const descriptor = this.#files.open(path);
    if (descriptor !== undefined) {
      this.#open.set(key, descriptor);
      return this.#files.bytesOf(descriptor);
    }
    if (!this.#files.lastFailureWasForWantOfDescriptors()) return undefined;
    this.#giveBack();
    return this.#files.bytes(path);
  }

  /** Others in this process need descriptors too, so half of them go, and no more are taken than are left. */
  #giveBack(): void {
    this.#limit = Math.floor(this.#open.size / 2);
    for (const key of this.#open.keys()) {
      if (this.#open.size <= this.#limit) return;
      this.#close(key);
    }
  }

  #close(key: object): void {
    const descriptor = this.#open.get(key);
    if (descriptor === undefined) return;
    this.#open.delete(key);
    closeSync(descriptor);
  }
}

/** The rest is for connections and for what is opened for a moment. */
function halfOfTheDescriptors(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(ownLimits())?.[1];
  return Math.min(MOST_OPEN, Math.floor(Number(limit ?? 1_024) / 2));
}

function ownLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
