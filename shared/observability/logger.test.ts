import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';

function captured() {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, logger: createLogger({ name: 'test', level: 'info', destination }) };
}

describe('createLogger', () => {
  it('writes one JSON object a line, with the level as a word and the time in RFC 3339', () => {
    const { lines, logger } = captured();

    logger.child({ node: 'n1' }).warn({ attempt: 2 }, 'set was not delivered');

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warn',
      name: 'test',
      node: 'n1',
      attempt: 2,
      msg: 'set was not delivered',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('never writes a secret, at the top or one level down', () => {
    const { lines, logger } = captured();

    logger.info({ password: 'top-secret-1', body: { refreshToken: 'top-secret-2' } }, 'request');

    expect(lines.join('')).not.toContain('top-secret');
    expect(lines.join('')).toContain('[redacted]');
  });

  it('leaves out what is below its level', () => {
    const { lines, logger } = captured();

    logger.debug({}, 'detail');

    expect(lines).toEqual([]);
  });
});
