import { DomainError } from '../../shared/domain/domain-error.js';

/** Where a manager is called. */
export interface ServerAddress {
  /** Without a trailing slash; what sessions are kept under. */
  readonly url: string;
  readonly isTls: boolean;
  /** On this machine: nobody in between can listen. */
  readonly isLoopback: boolean;
}

/** Reads `https://host[:port][/path]`; `host:port` alone stands for https. Throws `invalid` for anything else. */
export function parseServerAddress(text: string): ServerAddress {
  const trimmed = text.trim();
  const url = parsed(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw refused(text, 'must be a URL such as https://podium.example.com');
  }
  if (url.username !== '' || url.password !== '') {
    throw refused(
      text.replace(/\/\/[^@]*@/, '//…@'),
      'must not carry a user or password: use `podium login`',
    );
  }
  if (url.search !== '' || url.hash !== '') throw refused(text, 'must end before any ? or #');
  return {
    url: url.origin + url.pathname.replace(/\/+$/, ''),
    isTls: url.protocol === 'https:',
    isLoopback: isLoopback(url.hostname),
  };
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}

function refused(text: string, rule: string): DomainError {
  return new DomainError('invalid', `the server's address ${rule}, found ${JSON.stringify(text)}`);
}
