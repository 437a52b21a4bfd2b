import { readFile, stat } from 'node:fs/promises';
import { DomainError, invalid, messageOf } from '../domain/domain-error.js';
import { errnoOf } from '../files/read-if-present.js';
import type { Clock } from '../lifecycle/clock.js';
import type { Component } from '../lifecycle/component.js';
import { periodic } from '../lifecycle/periodic.js';
import type { Logger } from '../observability/logger.js';
import type { CertificateMetrics } from './certificate-metrics.js';
import { type NamedText, type TlsChecks, type TlsMaterial, tlsMaterial } from './tls-material.js';

/** Where one text comes from: a file that may change, or the setting itself. */
export type PemSource =
  | { readonly setting: string; readonly file: string }
  | { readonly setting: string; readonly pem: string };

export interface CertificateSources {
  readonly cert: PemSource;
  readonly key: PemSource;
  /** Who signs the certificates of the other side; a server without it asks for none. */
  readonly ca?: PemSource;
}

export interface CertificateSourceOptions {
  readonly sources: CertificateSources;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: CertificateMetrics;
  /** Who is on the other side; clients unless told otherwise. */
  readonly peers?: TlsChecks['peers'];
  /**
   * Whether a start with certificates outside of their dates is refused, which is the rule, or only warned about, for
   * programs that have other work to do. Later ones are refused in any case.
   */
  readonly datesAtStart?: 'refused' | 'warned';
  /** Time between two looks at the files. */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 2_000;

/**
 * A program's certificate and key, read again when their files change: links that are turned to another folder, as
 * Kubernetes does with secrets, included. What cannot be used is refused, and the last good one stays in use. Polled,
 * not watched: a watch on a link's target is lost with the target.
 */
export class CertificateSource implements Component {
  readonly name = 'certificate';
  readonly #options: CertificateSourceOptions;
  readonly #rounds: Component;
  readonly #listeners = new Set<(material: TlsMaterial) => void>();
  #current: TlsMaterial | undefined;
  /** Of the files that were used, or refused for good, at the last look. */
  #settled = '';
  /** Of files that failed once: the second of two files may not have been written yet. */
  #suspect = '';

  constructor(options: CertificateSourceOptions) {
    this.#options = options;
    const { clock, logger, intervalMs = INTERVAL_MS } = options;
    this.#rounds = periodic({
      name: 'certificate files',
      intervalMs,
      clock,
      round: () => this.look(),
      onError: (reason) => logger.error({ reason }, 'a look at the certificate files failed'),
    });
  }

  /** Reads everything for the first time. Rejects with every fault. */
  async start(signal: AbortSignal): Promise<void> {
    const signature = await this.#signature();
    const { datesAtStart = 'refused' } = this.#options;
    this.#use(await this.#read(datesAtStart === 'refused' ? 'refused' : 'noted'), signature);
    this.#warnOfDates();
    const files = this.#sources().some((source) => 'file' in source);
    if (files) await this.#rounds.start(signal);
  }

  stop(signal: AbortSignal): Promise<void> {
    return this.#rounds.stop(signal);
  }

  /** What to prove ourselves with now. Only after the start. */
  current(): TlsMaterial {
    if (this.#current === undefined)
      throw new DomainError('internal', 'the certificate has not been read yet');
    return this.#current;
  }

  /** Calls back with every later one; the function given back ends that. */
  onChange(listener: (material: TlsMaterial) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Why the other side cannot trust this program any more. */
  problem(): string | undefined {
    const { expiresAtMs } = this.current();
    if (expiresAtMs > this.#options.clock.now()) return undefined;
    return `the certificate expired at ${new Date(expiresAtMs).toISOString()}: put a new one in its place`;
  }

  /** Tells of a caller who did not get as far as a request. Anybody can cause it, so the log has it at debug only. */
  handshakeFailed(reason: string): void {
    this.#options.metrics.handshakeFailed();
    this.#options.logger.debug({ reason }, 'a TLS handshake failed');
  }

  /** One look at the files. */
  async look(): Promise<void> {
    const signature = await this.#signature();
    if (signature === this.#settled) return;
    let material: TlsMaterial;
    try {
      material = await this.#read('refused');
    } catch (error) {
      this.#refuse(signature, messageOf(error));
      return;
    }
    if (sameTexts(material, this.current())) {
      this.#settled = signature;
      return;
    }
    this.#use(material, signature);
    for (const listener of this.#listeners) listener(material);
    this.#options.metrics.reloaded();
  }

  #refuse(signature: string, reason: string): void {
    if (signature !== this.#suspect) {
      this.#suspect = signature;
      return;
    }
    this.#settled = signature;
    this.#options.metrics.reloadFailed();
    this.#options.logger.error(
      { reason, inUse: this.current().serialNumber },
      'the new certificate cannot be used; the old one stays',
    );
  }

  #use(material: TlsMaterial, signature: string): void {
    this.#current = material;
    this.#settled = signature;
    this.#options.metrics.expiresAt(material.expiresAtMs / 1_000);
    const { subject, serialNumber, expiresAtMs } = material;
    const expiresAt = new Date(expiresAtMs).toISOString();
    this.#options.logger.info({ subject, serialNumber, expiresAt }, 'a certificate is in use');
  }

  #warnOfDates(): void {
    const { outOfDate } = this.current();
    if (outOfDate.length === 0) return;
    const reason = messageOf(invalid(outOfDate));
    this.#options.logger.warn({ reason }, 'a certificate is outside of its dates: connections will fail');
  }

  async #read(dates: TlsChecks['dates']): Promise<TlsMaterial> {
    const { sources, peers = 'clients', clock } = this.#options;
    const { cert, key, ca } = sources;
    const texts = {
      cert: await textOf(cert),
      key: await textOf(key),
      ...(ca === undefined ? {} : { ca: await textOf(ca) }),
    };
    return tlsMaterial(texts, { nowMs: clock.now(), peers, dates });
  }

  #sources(): PemSource[] {
    const { cert, key, ca } = this.#options.sources;
    return ca === undefined ? [cert, key] : [cert, key, ca];
  }

  /** Another text whenever a file was written, replaced, or reached by another link. */
  async #signature(): Promise<string> {
    const parts = this.#sources().map(async (source) => {
      if (!('file' in source)) return '';
      try {
        const { dev, ino, mtimeMs, size } = await stat(source.file);
        return `${dev}:${ino}:${mtimeMs}:${size}`;
      } catch (error) {
        return errnoOf(error) ?? 'unknown';
      }
    });
    return (await Promise.all(parts)).join(' ');
  }
}

async function textOf(source: PemSource): Promise<NamedText> {
  if (!('file' in source)) return source;
  try {
    return { ...source, pem: await readFile(source.file, 'utf8') };
  } catch (error) {
    const problem = `cannot be read (${errnoOf(error) ?? messageOf(error)}): look at its path and its rights`;
    return { ...source, problem };
  }
}

/** Files that were written again as they were are no reason for new connections. */
function sameTexts({ contextOptions: a }: TlsMaterial, { contextOptions: b }: TlsMaterial): boolean {
  return a.cert === b.cert && a.key === b.key && a.ca === b.ca;
}
