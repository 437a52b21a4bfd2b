import { Counter, Gauge, type Registry } from '../observability/metrics.js';

/** What there is to know about a program's certificate from outside. */
export class CertificateMetrics {
  readonly #expiry: Gauge;
  readonly #reloads: Counter;
  readonly #failures: Counter;
  readonly #handshakes: Counter | undefined;

  /**
   * @param prefix Of the program's own metrics, such as `podium_agent`.
   * @param side A client counts no handshakes: each failure is one of a call, and counted there.
   */
  constructor(prefix: string, registry: Registry, side: 'server' | 'client' = 'server') {
    const registers = [registry];
    this.#expiry = new Gauge({
      name: `${prefix}_certificate_expiry_timestamp_seconds`,
      help: 'When the certificate in use ends, in Unix seconds.',
      registers,
    });
    this.#reloads = new Counter({
      name: `${prefix}_certificate_reloads_total`,
      help: 'Certificates taken into use after the start.',
      registers,
    });
    this.#failures = new Counter({
      name: `${prefix}_certificate_reload_failures_total`,
      help: 'New certificates that could not be used.',
      registers,
    });
    if (side === 'client') return;
    this.#handshakes = new Counter({
      name: `${prefix}_tls_handshake_failures_total`,
      help: 'Connections that ended before a caller had shown a good certificate.',
      registers,
    });
  }

  expiresAt(seconds: number): void {
    this.#expiry.set(seconds);
  }

  reloaded(): void {
    this.#reloads.inc();
  }

  reloadFailed(): void {
    this.#failures.inc();
  }

  handshakeFailed(): void {
    this.#handshakes?.inc();
  }
}
