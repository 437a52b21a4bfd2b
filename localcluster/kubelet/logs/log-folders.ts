import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { LogFile } from './log-file.js';

/**
 * Where the logs of a node's containers are: `ROOT/POD-UID/CONTAINER/RUN.log`, with the number of restarts before
 * the run. Of every container the present run and the one before are kept.
 */
export class LogFolders {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  file(podUid: string, container: string, run: number): string {
    return path.join(this.#root, podUid, container, `${run}.log`);
  }

  async create(podUid: string, container: string, run: number): Promise<LogFile> {
    const file = this.file(podUid, container, run);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await this.#removeOlderThan(path.dirname(file), run - 1);
    return LogFile.create(file);
  }

  async remove(podUid: string): Promise<void> {
    await rm(path.join(this.#root, podUid), { recursive: true, force: true });
  }

  /** Uids of the pods that there are logs of. */
  async pods(): Promise<string[]> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    return readdir(this.#root);
  }

  async #removeOlderThan(folder: string, run: number): Promise<void> {
    for (const name of await readdir(folder)) {
      if (Number.parseInt(name, 10) < run) await rm(path.join(folder, name), { force: true });
    }
  }
}
