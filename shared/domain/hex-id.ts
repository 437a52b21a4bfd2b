const HEX_ID = /^[0-9a-f]{24}$/;

/** Whether a text has the form of an id: 24 lower-case hex digits, as the public API has them. */
export function isHexId(text: string): boolean {
  return HEX_ID.test(text);
}

/** Why a text is no id, for a fault. */
export function noHexId(text: string): string {
  return `must be 24 hex digits, found ${JSON.stringify(text)}`;
}
