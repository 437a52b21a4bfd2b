/** One entity tag of a list, from where the last one ended (RFC 9110, 8.8.3 and 5.6.1: empty elements count as none). */
const NEXT_TAG = /[ \t,]*(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|$)/y;
const REST = /[ \t,]*$/y;

/**
 * Whether a client that sends this If-None-Match has the representation with this tag already, so that 304 is the
 * answer (RFC 9110, 13.1.2). Tags are compared weakly; a list that cannot be read counts as none.
 *
 * @param header Undefined = not sent.
 * @param etag With its quotes.
 */
export function ifNoneMatchNames(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const tags: string[] = [];
  NEXT_TAG.lastIndex = 0;
  let end = 0;
  for (let match = NEXT_TAG.exec(header); match !== null; match = NEXT_TAG.exec(header)) {
    tags.push(match[1] ?? '');
    end = NEXT_TAG.lastIndex;
  }
  REST.lastIndex = end;
  return REST.test(header) && tags.includes(etag.replace(/^W\//, ''));
}
