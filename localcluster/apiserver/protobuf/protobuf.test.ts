import { describe, expect, it } from 'vitest';
import { decodeEnvelope } from './decode-envelope.js';
import { decodeMessage } from './decode-message.js';
import { readFields, writeField } from './wire-format.js';

/** A field of wire type 0. */
function integerField(number: number, value: number): Buffer {
  return Buffer.from([...varint(BigInt(number << 3)), ...varint(BigInt.asUintN(64, BigInt(value)))]);
}

function varint(value: bigint): readonly number[] {
  return value < 0x80n ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...varint(value >> 7n)];
}

function envelope(kind: string, message: readonly Buffer[]): Buffer {
  return Buffer.concat([
    Buffer.from('k8s\0'),
    writeField(1, [writeField(1, 'v1'), writeField(2, kind)]),
    writeField(2, message),
    writeField(3, ''),
  ]);
}

describe('decodeEnvelope', () => {
  it('reads the body of `kubectl create namespace`', () => {
    const metadata = writeField(1, [
      writeField(1, 'team'),
      writeField(2, ''),
      writeField(8, []),
      writeField(11, [writeField(1, 'a'), writeField(2, 'b')]),
      writeField(11, [writeField(1, 'c'), writeField(2, 'd')]),
    ]);

    const document = decodeEnvelope(envelope('Namespace', [metadata, writeField(2, []), writeField(3, [])]));

    expect(document).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'team', generateName: '', creationTimestamp: null, labels: { a: 'b', c: 'd' } },
      spec: {},
      status: {},
    });
  });

  it('refuses what is no such body', () => {
    expect(() => decodeEnvelope(Buffer.from('{}'))).toThrow('magic number');
    expect(() => decodeEnvelope(envelope('Widget', []))).toThrow('"Widget"');
    expect(() => decodeEnvelope(Buffer.from('k8s\0\xff\xff', 'latin1'))).toThrow('does not end');
    expect(() => decodeEnvelope(Buffer.from('k8s\0\x0a\x7f', 'latin1'))).toThrow('longer than its message');
  });
});

describe('decodeMessage', () => {
  it('reads numbers, also negative ones, flags and repeated fields', () => {
    const message = Buffer.concat([
      integerField(4, -1),
      integerField(11, 1),
      writeField(2, [writeField(1, 'a'), integerField(16, 1)]),
      writeField(2, [writeField(1, 'b')]),
    ]);

    expect(decodeMessage('PodSpec', message)).toEqual({
      containers: [{ name: 'a', stdin: true }, { name: 'b' }],
      terminationGracePeriodSeconds: -1,
      hostNetwork: true,
    });
  });

  it('reads times, quantities, ports and embedded structs', () => {
    const time = [integerField(1, 1_767_225_600), integerField(2, 123_456_789)];

    expect(decodeMessage('ObjectMeta', writeField(9, time))).toEqual({
      deletionTimestamp: '2026-01-01T00:00:00Z',
    });
    expect(decodeMessage('LeaseSpec', writeField(4, time))).toEqual({
      renewTime: '2026-01-01T00:00:00.123456Z',
    });
    expect(
      decodeMessage(
        'ResourceRequirements',
        writeField(1, [writeField(1, 'cpu'), writeField(2, [writeField(1, '2')])]),
      ),
    ).toEqual({ limits: { cpu: '2' } });
    const port = writeField(2, [integerField(1, 0), integerField(2, 8080)]);
    expect(decodeMessage('Probe', writeField(1, [writeField(2, [port])]))).toEqual({
      httpGet: { port: 8080 },
    });
  });

  it('passes over fields that it does not know', () => {
    expect(decodeMessage('Preconditions', Buffer.concat([integerField(99, 1), writeField(1, 'u')]))).toEqual({
      uid: 'u',
    });
  });
});

describe('readFields', () => {
  it('reads what writeField writes, however long', () => {
    const long = 'x'.repeat(300);

    const fields = [
      ...readFields(Buffer.concat([writeField(1, long), writeField(200, [writeField(1, 'y')])])),
    ];

    expect(fields.map((field) => field.number)).toEqual([1, 200]);
    expect('bytes' in (fields[0] ?? {}) && (fields[0] as { bytes: Buffer }).bytes.toString()).toBe(long);
  });
});
