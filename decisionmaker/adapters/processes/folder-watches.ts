import { type FSWatcher, type PathLike, watch } from 'node:fs';
import { errnoOf } from '../../../shared/files/read-if-present.js';
import type { ReadErrors } from './read-errors.js';

/** What the kernel tells about a watched folder. */
export interface FolderChange {
  /** `entry`: something was made or removed in it; `content`: a file in it has other content. */
  readonly kind: 'entry' | 'content';
  /** Of what has changed, one character for each byte; undefined when the kernel did not say. */
  readonly name: string | undefined;
}

export interface FolderWatch {
  /** false once the watch has broken: changes are not told any more. */
  isAlive(): boolean;
  close(): void;
}

/** The kernel gives a user some ten thousands at least; each takes about a kilobyte there. */
const MOST_WATCHES = 8_192;

/** Watches folders by inotify, of which one instance serves them all. */
export class FolderWatches {
  readonly #errors: ReadErrors;
  readonly #open = new Set<FSWatcher>();
  readonly #limit: number;

  constructor(errors: ReadErrors, limit = MOST_WATCHES) {
    this.#errors = errors;
    this.#limit = limit;
  }

  /** undefined where the folder cannot be watched, for want of inotify, of rights or of room: look by yourself. */
  watch(folder: PathLike, changed: (change: FolderChange) => void): FolderWatch | undefined {
    if (this.#open.size >= this.#limit) return undefined;
    try {
      return this.#opened(watch(folder, { persistent: false, encoding: 'latin1' }), changed);
    } catch (error) {
      this.#errors.count(errnoOf(error));
      return undefined;
    }
  }

  count(): number {
    return this.#open.size;
  }

  #opened(watcher: FSWatcher, changed: (change: FolderChange) => void): FolderWatch {
    this.#open.add(watcher);
    watcher.on('change', (event, name) => {
      if (!this.#open.has(watcher)) return;
      changed({ kind: event === 'rename' ? 'entry' : 'content', name: name?.toString() });
    });
    watcher.on('error', (error) => {
      this.#errors.count(errnoOf(error));
      this.#close(watcher);
    });
    return { isAlive: () => this.#open.has(watcher), close: () => this.#close(watcher) };
  }

  #close(watcher: FSWatcher): void {
    if (this.#open.delete(watcher)) watcher.close();
  }
}
