import { describe, expect, it } from 'vitest';
import { oneOf, programOptions, requiredOption } from './program-options.js';

const options = {
  file: { type: 'string' },
  level: { type: 'string', default: 'info' },
  quick: { type: 'boolean' },
} as const;

describe('programOptions', () => {
  it('reads texts and switches and fills in defaults', () => {
    expect(programOptions(['--file', 'x', '--quick'], options)).toEqual({
      file: 'x',
      level: 'info',
      quick: true,
    });
    expect(programOptions([], options)).toEqual({ level: 'info', quick: false });
  });

  it('refuses what it does not know and lists what it does', () => {
    expect(() => programOptions(['--fiel', 'x'], options)).toThrow(
      "Unknown option '--fiel'. Options: --file, --level, --quick",
    );
    expect(() => programOptions(['x'], options)).toThrow('Options: --file');
  });

  it('says which value is missing or unknown', () => {
    expect(() => requiredOption('file', undefined)).toThrow('--file is missing');
    expect(() => oneOf('level', 'loud', ['info', 'warn'])).toThrow(
      '--level must be one of info, warn, found "loud"',
    );
  });
});
