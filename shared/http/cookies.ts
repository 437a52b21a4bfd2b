/** A cookie for one browser that no script reads. */
export interface Cookie {
  readonly name: string;
  /** Of characters that need no quotes, such as base64url. */
  readonly value: string;
  readonly path: string;
  /** 0 takes it away. */
  readonly maxAgeSec: number;
  readonly sameSite: 'Lax' | 'Strict';
  /** Over https only. */
  readonly secure: boolean;
}

/** The text of a Set-Cookie header (RFC 6265, 4.1). */
export function setCookie({ name, value, path, maxAgeSec, sameSite, secure }: Cookie): string {
  const parts = [
    `${name}=${value}`,
    `Path=${path}`,
    `Max-Age=${maxAgeSec}`,
    'HttpOnly',
    `SameSite=${sameSite}`,
  ];
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ');
}

/** The first cookie of this name in a Cookie header. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
