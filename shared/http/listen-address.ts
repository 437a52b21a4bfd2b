export interface ListenAddress {
  /** Undefined = every interface. */
  readonly host: string | undefined;
  /** 0 = any free port. */
  readonly port: number;
}

/** Reads `:8080`, `127.0.0.1:8080` or `[::1]:8080`; undefined when it is none of these. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]\s]*)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.port);
  if (match === null || port > 65_535) return undefined;
  return { host: match.groups?.six ?? (match.groups?.host || undefined), port };
}
