import { describe, expect, it } from 'vitest';
import { SealedText } from './sealed-text.js';

describe('SealedText', () => {
  const sealed = new SealedText<{ readonly a: string }>('test');

  it('opens what it sealed, and shows nothing of it', () => {
    const text = sealed.seal({ a: 'precious' });

    expect(sealed.open(text)).toEqual({ a: 'precious' });
    expect(text).toMatch(/^[\w-]+$/);
    expect(Buffer.from(text, 'base64url').toString()).not.toContain('precious');
    expect(sealed.seal({ a: 'precious' })).not.toBe(text);
  });

  it('opens nothing that was changed, cut, or sealed by another', () => {
    const text = sealed.seal({ a: 'x' });
    for (let at = 0; at < Buffer.from(text, 'base64url').length; at++) {
      const bytes = Buffer.from(text, 'base64url');
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect(sealed.open(bytes.toString('base64url'))).toBeUndefined();
    }
    for (const other of ['', 'x', text.slice(2), new SealedText('test').seal({ a: 'x' })]) {
      expect(sealed.open(other)).toBeUndefined();
    }
  });
});
