import { readFile } from 'node:fs/promises';

const MACHINE_ID_FILE = '/etc/machine-id';
/** The public program's word for it (contract 2.7). */
const UNKNOWN = 'unknown-machine-id';

/** What tells this node's metrics from those of others. */
export class MachineId {
  #text: string;

  /** @param configured Empty = the machine's own. */
  constructor(configured: string) {
    this.#text = configured.trim();
  }

  async load(): Promise<void> {
    if (this.#text !== '') return;
    const text = await readFile(MACHINE_ID_FILE, 'utf8').catch(() => '');
    this.#text = text.trim() || UNKNOWN;
  }

  text(): string {
    return this.#text;
  }
}
