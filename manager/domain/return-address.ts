/** Where a browser goes after a sign-in elsewhere. */
export type ReturnAddress =
  /** A page of this manager. */
  | { readonly kind: 'page'; readonly path: string }
  /** A program that waits on the same machine as the browser (RFC 8252, 7.3). */
  | { readonly kind: 'loopback'; readonly url: string };

const LONGEST = 1_000;
/** One slash and no second one, which would name another host; browsers take a backslash for a slash. */
const PAGE = /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/;
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]):(\d{1,5})(\/[\x21-\x5b\x5d-\x7e]*)?$/;
const ANY_BASE = 'http://manager.invalid';

/** Undefined for whatever would send a browser, and the code that it carries, to a stranger. */
export function returnAddress(text: string): ReturnAddress | undefined {
  if (text.length > LONGEST) return undefined;
  if (PAGE.test(text)) return isOnThisHost(text) ? { kind: 'page', path: text } : undefined;
  const port = Number(LOOPBACK.exec(text)?.[2] ?? 0);
  if (port < 1 || port > 65_535) return undefined;
  return { kind: 'loopback', url: text };
}

/** Also as browsers read it: they make "//elsewhere" of "/.//elsewhere". */
function isOnThisHost(path: string): boolean {
  if (!URL.canParse(path, ANY_BASE)) return false;
  const { origin, pathname } = new URL(path, ANY_BASE);
  return origin === ANY_BASE && !pathname.startsWith('//');
}

/** The address with parameters added. */
export function withParameters(address: ReturnAddress, parameters: Readonly<Record<string, string>>): string {
  const url = address.kind === 'page' ? new URL(address.path, ANY_BASE) : new URL(address.url);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return address.kind === 'page' ? `${url.pathname}${url.search}${url.hash}` : url.href;
}
