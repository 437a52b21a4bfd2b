/** One field of a protobuf message: an integer for wire type 0, bytes for wire type 2. */
export type WireField =
  | { readonly number: number; readonly integer: bigint }
  | { readonly number: number; readonly bytes: Buffer };

/** Bytes that are no protobuf message. */
export class WireFormatError extends Error {
  override readonly name = 'WireFormatError';
}

/** The content of a field that should be a text or a message; none for a field that is not there. */
export function bytesOf(wire: WireField | undefined): Buffer {
  if (wire === undefined) return Buffer.alloc(0);
  if ('bytes' in wire) return wire.bytes;
  throw new WireFormatError(`field ${wire.number} should be a text or a message, found a number`);
}

/** The content of a field that should be a number. */
export function integerOf(wire: WireField): number {
  if ('integer' in wire) return Number(wire.integer);
  throw new WireFormatError(`field ${wire.number} should be a number, found a text or a message`);
}

/** Reads the fields of a message in order (Protocol Buffers, "Encoding"). Fixed-width fields are skipped. */
export function* readFields(message: Buffer): Generator<WireField> {
  const cursor = new Cursor(message);
  while (!cursor.atEnd) {
    const tag = Number(cursor.varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0:
        yield { number, integer: BigInt.asIntN(64, cursor.varint()) };
        break;
      case 1:
        cursor.bytes(8);
        break;
      case 2:
        yield { number, bytes: cursor.bytes(Number(cursor.varint())) };
        break;
      case 5:
        cursor.bytes(4);
        break;
      default:
        throw new WireFormatError(`field ${number} has a wire type that is not known`);
    }
  }
}

class Cursor {
  readonly #message: Buffer;
  #position = 0;

  constructor(message: Buffer) {
    this.#message = message;
  }

  get atEnd(): boolean {
    return this.#position >= this.#message.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#message[this.#position];
      if (byte === undefined) break;
      this.#position += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new WireFormatError('a number does not end');
  }

  bytes(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#message.length) throw new WireFormatError('a field is longer than its message');
    const bytes = this.#message.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }
}

/** Writes a field of wire type 2: a text, or a message made of other fields. */
export function writeField(number: number, content: string | readonly Buffer[]): Buffer {
  const body = typeof content === 'string' ? Buffer.from(content) : Buffer.concat(content);
  return Buffer.concat([varint((number << 3) | 2), varint(body.length), body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
