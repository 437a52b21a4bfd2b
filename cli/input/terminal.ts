import { DomainError } from '../../shared/domain/domain-error.js';
import { SecretLine } from './secret-line.js';

/** More than any password, policy file or answer of a person. */
const MAX_INPUT_BYTES = 8 * 1024 * 1024;

/** The person or program at the other end of standard input. Questions go to standard error: output is for data. */
export class Terminal {
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether somebody is there to be asked. */
  get isInteractive(): boolean {
    return process.stdin.isTTY === true && process.stderr.isTTY === true;
  }

  /** A line that is not shown while it is typed. */
  async askSecret(question: string): Promise<string> {
    this.#expectPerson(question, 'give it on standard input with --password-stdin');
    const { stdin } = process;
    // Before the question: what is typed at its sight must not be shown.
    stdin.setRawMode(true);
    process.stderr.write(`${question}: `);
    try {
      const line = new SecretLine();
      return await this.#typed((text) => line.add(text));
    } finally {
      stdin.setRawMode(false);
      process.stderr.write('\n');
    }
  }

  /** A line as it is typed. */
  async ask(question: string): Promise<string> {
    this.#expectPerson(question, 'give it as an option');
    process.stderr.write(`${question}: `);
    let typed = '';
    const line = await this.#typed((text) => {
      typed += text;
      const end = typed.indexOf('\n');
      return end === -1 ? undefined : typed.slice(0, end);
    });
    return line.trim();
  }

  /** Whether the person says yes. Programs, which cannot be asked, are taken to mean what they say. */
  async confirm(question: string): Promise<boolean> {
    if (!this.isInteractive) return true;
    const answer = await this.ask(`${question} [y/N]`);
    return /^y(es)?$/i.test(answer);
  }

  /** The lines of standard input, for what must not be seen. */
  async readSecrets(): Promise<readonly string[]> {
    if (process.stdin.isTTY === true) {
      const instead = 'leave --password-stdin out, and it is asked for without being shown';
      throw new DomainError(
        'invalid',
        `standard input is a terminal, which would show the password: ${instead}`,
      );
    }
    return (await this.readAll()).split(/\r?\n/);
  }

  /** All of standard input. */
  async readAll(): Promise<string> {
    const { stdin } = process;
    if (stdin.isTTY === true) process.stderr.write('Type it here, and Ctrl-D at the end:\n');
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Whoever types it may give up.
    const end = () => void stdin.destroy();
    this.#signal.addEventListener('abort', end, { once: true });
    for await (const chunk of stdin) {
      const buffer = Buffer.from(chunk);
      bytes += buffer.length;
      if (bytes > MAX_INPUT_BYTES) {
        throw new DomainError('invalid', `standard input is more than ${MAX_INPUT_BYTES} bytes`);
      }
      chunks.push(buffer);
    }
    this.#signal.removeEventListener('abort', end);
    return Buffer.concat(chunks).toString('utf8');
  }

  /** What is typed until `add` gives a line. */
  #typed(add: (text: string) => string | undefined): Promise<string> {
    const { stdin } = process;
    return new Promise<string>((resolve, reject) => {
      const settle = (outcome: () => void) => {
        stdin.off('data', onData).off('end', onEnd).off('error', onError);
        this.#signal.removeEventListener('abort', onAbort);
        stdin.pause();
        outcome();
      };
      const onData = (chunk: string) => {
        try {
          const line = add(chunk);
          if (line !== undefined) settle(() => resolve(line));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const onEnd = () =>
        settle(() => reject(new DomainError('invalid', 'standard input ended before an answer')));
      const onError = (error: Error) => settle(() => reject(error));
      const onAbort = () => settle(() => reject(this.#signal.reason));
      stdin.setEncoding('utf8').on('data', onData).on('end', onEnd).on('error', onError).resume();
      this.#signal.addEventListener('abort', onAbort, { once: true });
      if (this.#signal.aborted) onAbort();
    });
  }

  #expectPerson(question: string, instead: string): void {
    if (this.isInteractive) return;
    throw new DomainError('invalid', `there is no terminal to ask on (${question}): ${instead}`);
  }
}
