import { describe, expect, it } from 'vitest';
import { LineSplitter, type Piece } from './line-splitter.js';
import { formatLogLine, logTime, parseLogLine } from './log-line.js';

describe('log lines', () => {
  it('have the format of container runtimes', () => {
    const time = logTime(Date.parse('2026-01-02T03:04:05.678Z'));

    expect(time).toBe('2026-01-02T03:04:05.678000000Z');
    expect(formatLogLine({ time, stream: 'stdout', complete: true, text: 'hello' })).toBe(
      '2026-01-02T03:04:05.678000000Z stdout F hello\n',
    );
  });

  it.each([
    { time: 'T', stream: 'stderr', complete: false, text: 'a  piece ' },
    { time: 'T', stream: 'stdout', complete: true, text: '' },
    { time: 'T', stream: 'stdout', complete: true, text: 'carriage\rreturn' },
  ] as const)('are read as they were written: %j', (line) => {
    expect(parseLogLine(formatLogLine(line).slice(0, -1))).toEqual(line);
  });

  it.each(['', 'T stdout', 'T stdout X text', 'T stdin F text'])('are not %j', (line) => {
    expect(parseLogLine(line)).toBeUndefined();
  });
});

describe('LineSplitter', () => {
  function split(...chunks: (string | Buffer)[]): Piece[] {
    const splitter = new LineSplitter();
    return [...chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk))), ...splitter.end()];
  }
  const line = (text: string): Piece => ({ text, complete: true });

  it('joins what comes in parts, also a character cut in two', () => {
    const euro = Buffer.from('€');

    expect(split('on', 'e\ntwo\n\nth', euro.subarray(0, 1), euro.subarray(1), '\n')).toEqual(
      ['one', 'two', '', 'th€'].map(line),
    );
  });

  it('takes a last line without its line feed', () => {
    expect(split('one\ntwo')).toEqual([line('one'), line('two')]);
  });

  it('gives a line that is too long in pieces, between characters', () => {
    const text = `a${'€'.repeat(12_000)}`;

    const pieces = split(`${text}\nshort\n`);

    expect(pieces.map(({ complete }) => complete)).toEqual([false, false, true, true]);
    expect(pieces.every((piece) => Buffer.byteLength(piece.text) <= 16 * 1024)).toBe(true);
    expect(
      pieces
        .slice(0, 3)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });

  it('takes a line of exactly the longest length for one', () => {
    const text = 'x'.repeat(16 * 1024);

    expect(split(text, '\n')).toEqual([line(text)]);
  });
});
