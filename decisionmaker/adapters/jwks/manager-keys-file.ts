import type { KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { keysFromJwks } from '../../../shared/auth/keys.js';
import { messageOf } from '../../../shared/domain/domain-error.js';
import { errnoOf } from '../../../shared/files/read-if-present.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { ManagerKeys } from '../../ports/manager-keys.js';

const CHECK_MS = 1_000;
/** Tokens with unknown key ids must not make every request look at the disk. */
const UNKNOWN_CHECK_MS = 50;

const NONE: ReadonlyMap<string, KeyObject> = new Map();

/**
 * The managers' public keys in a JWKS file, which may come, change and go while the agent runs. A file that is
 * gone means that nobody is trusted; one that cannot be read as a JWKS document leaves the keys as they were.
 */
export class ManagerKeysFile implements ManagerKeys {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #keys = NONE;
  #revision = 0;
  #problem: string | undefined;
  /** Of the file at the last look; undefined = there was none. */
  #signature: string | undefined = 'not looked at yet';
  #checkedAtMs = Number.NEGATIVE_INFINITY;

  constructor(file: string, clock: Clock, logger: Logger) {
    this.#file = file;
    this.#clock = clock;
    this.#logger = logger;
  }

  keyFor(kid: string | undefined): KeyObject | undefined {
    this.#checkEvery(CHECK_MS);
    if (kid === undefined) return undefined;
    if (!this.#keys.has(kid)) this.#checkEvery(UNKNOWN_CHECK_MS);
    return this.#keys.get(kid);
  }

  revision(): number {
    this.#checkEvery(CHECK_MS);
    return this.#revision;
  }

  problem(): string | undefined {
    this.#checkEvery(CHECK_MS);
    return this.#problem;
  }

  #checkEvery(intervalMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#checkedAtMs < intervalMs) return;
    this.#checkedAtMs = nowMs;
    const signature = this.#fileSignature();
    if (signature === this.#signature) return;
    this.#signature = signature;
    if (signature === undefined) this.#use(NONE, `there is no file ${this.#file}`);
    else this.#read();
  }

  /** undefined when there is no file to read. */
  #fileSignature(): string | undefined {
    try {
      const { ino, mtimeMs, size } = statSync(this.#file);
      return `${ino}:${mtimeMs}:${size}`;
    } catch {
      return undefined;
    }
  }

  #read(): void {
    try {
      const keys = keysFromJwks(JSON.parse(readFileSync(this.#file, 'utf8')), this.#file);
      this.#use(keys, keys.size === 0 ? `${this.#file} holds no RSA key with a kid` : undefined);
    } catch (error) {
      this.#problem = `${this.#file} cannot be used: ${errnoOf(error) ?? messageOf(error)}`;
      this.#logger.error({ file: this.#file, err: error }, 'the keys of the managers cannot be read');
    }
  }

  #use(keys: ReadonlyMap<string, KeyObject>, problem: string | undefined): void {
    this.#keys = keys;
    this.#problem = problem;
    this.#revision++;
    const fields = { file: this.#file, keyIds: [...keys.keys()] };
    if (problem === undefined) this.#logger.info(fields, 'the keys of the managers were read');
    else this.#logger.warn({ ...fields, problem }, 'no manager is trusted');
  }
}
