import { describe, expect, it } from 'vitest';
import { SecretLine, TypingEnded } from './secret-line.js';

describe('SecretLine', () => {
  it('is complete at the end of the line, however it comes', () => {
    const line = new SecretLine();

    expect(line.add('se')).toBeUndefined();
    expect(line.add('crèt 🚀')).toBeUndefined();
    expect(line.add('\rmore')).toBe('secrèt 🚀');
    expect(new SecretLine().add('a\n')).toBe('a');
  });

  it('takes back a whole character, and the whole line', () => {
    expect(new SecretLine().add('ab🚀\u007fc\r')).toBe('abc');
    expect(new SecretLine().add('\u007fa\r')).toBe('a');
    expect(new SecretLine().add('wrong\u0015right\r')).toBe('right');
  });

  it('ends when the person gives up', () => {
    expect(() => new SecretLine().add('a\u0003')).toThrow(TypingEnded);
    expect(() => new SecretLine().add('\u0004')).toThrow(TypingEnded);
  });
});
