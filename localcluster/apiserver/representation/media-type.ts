/** One of the media types that a client accepts, with its parameters. */
export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads an Accept header: the types in the order of the client's preference (RFC 9110, section 12.5.1). */
export function parseAccept(header: string): readonly MediaType[] {
  const types = header
    .split(',')
    .map((part) => parseMediaType(part))
    .filter(({ type }) => type !== '');
  return types.sort((left, right) => quality(right) - quality(left));
}

/** Reads a media type with its parameters, such as that of a Content-Type header. */
export function parseMediaType(text: string): MediaType {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = rest.map((part) => {
    const [name = '', value = ''] = part.split('=', 2);
    return [name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, '')];
  });
  return { type: type.toLowerCase(), parameters: Object.fromEntries(parameters) };
}

function quality({ parameters }: MediaType): number {
  const value = Number(parameters.q ?? 1);
  return Number.isNaN(value) ? 1 : value;
}
