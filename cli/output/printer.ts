import type { Colours } from './colours.js';
import { harmlessText } from './harmless-text.js';
import { jsonText, yamlText } from './structured.js';
import { type Column, columnValue, type Item, textTable } from './table.js';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

export interface PrinterOptions {
  readonly format: Format;
  /** Titles above a table's columns. */
  readonly titles: boolean;
  /** Columns of the terminal; undefined when output is not one. */
  readonly width: number | undefined;
  readonly colours: Colours;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** Where a command's results go: the server's data as it is for programs, tables and sentences for people. */
export class Printer {
  readonly #options: PrinterOptions;

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  get isForPeople(): boolean {
    return this.#options.format === 'table';
  }

  /** A list. `empty` is said, beside the output, instead of a table without rows. */
  async list(
    data: unknown,
    items: readonly Item[],
    columns: readonly Column[],
    empty: string,
  ): Promise<void> {
    if (!this.isForPeople) return this.#structured(data);
    const { titles, width, write, complain } = this.#options;
    if (items.length === 0) complain(`${empty}\n`);
    else write(textTable(columns, items, { titles, width }));
  }

  /** One thing, a line for each of its properties. */
  async item(data: unknown, item: Item, properties: readonly Column[]): Promise<void> {
    if (!this.isForPeople) return this.#structured(data);
    const rows = properties.map((property) => ({
      title: property.title,
      value: columnValue(property, item),
    }));
    const columns = [
      { title: '', of: 'title' },
      { title: '', of: ({ value }: Item) => (typeof value === 'number' ? String(value) : value) },
    ];
    this.#options.write(textTable(columns, rows, { titles: false, width: undefined }));
  }

  /** What was done: a sentence, or the server's data. */
  async done(data: unknown, sentence: string): Promise<void> {
    if (!this.isForPeople) return this.#structured(data);
    this.#options.write(`${harmlessText(sentence)}\n`);
  }

  /** One line for people. */
  line(text: string, colour?: keyof Colours): void {
    const harmless = harmlessText(text);
    const { colours, write } = this.#options;
    write(`${colour === undefined ? harmless : colours[colour](harmless)}\n`);
  }

  /** Data alone, in every format. */
  raw(text: string): void {
    this.#options.write(text);
  }

  /** Beside the output, where it is in no program's way. */
  note(sentence: string): void {
    this.#options.complain(`${harmlessText(sentence)}\n`);
  }

  async #structured(data: unknown): Promise<void> {
    this.#options.write(this.#options.format === 'json' ? jsonText(data) : await yamlText(data));
  }
}
