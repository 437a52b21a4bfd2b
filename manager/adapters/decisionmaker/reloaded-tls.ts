import { messageOf } from '../../../shared/domain/domain-error.js';
import { sha256Hex } from '../../../shared/domain/merkle.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Logger } from '../../../shared/observability/logger.js';
import type { AgentTls } from './agent-connections.js';
import {
  readTlsTexts,
  type TlsMaterial,
  type TlsSources,
  type TlsTexts,
  tlsMaterial,
} from './tls-material.js';

export interface ReloadedTlsOptions {
  readonly sources: TlsSources;
  readonly serverName: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Certificate, key and authority for the calls to agents, read again on demand. What is in use stays in use until
 * something usable takes its place: files are written one after the other, and a pair may be half new for a moment.
 */
export class ReloadedTls {
  readonly #options: ReloadedTlsOptions;
  /** Of what was last found, usable or not, so that a fault is told once. */
  #lastFound: string;
  #current: TlsMaterial;

  private constructor(options: ReloadedTlsOptions, texts: TlsTexts) {
    this.#options = options;
    this.#lastFound = fingerprintOf(texts);
    this.#current = tlsMaterial(texts, options.sources);
    this.#reportCurrent();
  }

  /** Rejects with `invalid` and every fault. A certificate that has ended is used and warned about. */
  static async load(options: ReloadedTlsOptions): Promise<ReloadedTls> {
    return new ReloadedTls(options, await readTlsTexts(options.sources));
  }

  get current(): AgentTls {
    return { secureContext: this.#current.secureContext, serverName: this.#options.serverName };
  }

  /** What to use from now on; undefined when nothing changed, or what is there now cannot be used. */
  async reload(): Promise<AgentTls | undefined> {
    const { logger, sources } = this.#options;
    const found = await readTlsTexts(sources);
    const fingerprint = fingerprintOf(found);
    if (fingerprint === this.#lastFound) return undefined;
    this.#lastFound = fingerprint;
    try {
      this.#current = this.#usable(found);
    } catch (error) {
      logger.error({ reason: messageOf(error) }, 'new certificate cannot be used, the old one stays');
      return undefined;
    }
    this.#reportCurrent();
    return this.current;
  }

  #usable(found: TlsTexts): TlsMaterial {
    const material = tlsMaterial(found, this.#options.sources);
    if (material.expiresAtMs <= this.#options.clock.now()) throw new Error(`it ended ${endOf(material)}`);
    return material;
  }

  #reportCurrent(): void {
    const { clock, logger } = this.#options;
    const endsAt = endOf(this.#current);
    if (this.#current.expiresAtMs > clock.now())
      logger.info({ endsAt }, 'certificate for the agents was read');
    else logger.warn({ endsAt }, 'certificate for the agents has ended: they will refuse it');
  }
}

function fingerprintOf(found: TlsTexts): string {
  return sha256Hex(JSON.stringify(found));
}

function endOf({ expiresAtMs }: TlsMaterial): string {
  return new Date(expiresAtMs).toISOString();
}
