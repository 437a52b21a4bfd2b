import { describe, expect, it } from 'vitest';
import { parseServerAddress } from './server-address.js';

describe('parseServerAddress', () => {
  it.each([
    ['https://podium.example.com', 'https://podium.example.com', true, false],
    ['https://podium.example.com:443/', 'https://podium.example.com', true, false],
    ['HTTPS://Podium.Example.com/base//', 'https://podium.example.com/base', true, false],
    ['podium.example.com:8443', 'https://podium.example.com:8443', true, false],
    ['http://127.0.0.1:8081', 'http://127.0.0.1:8081', false, true],
    ['http://localhost:8081', 'http://localhost:8081', false, true],
    ['http://[::1]:8081', 'http://[::1]:8081', false, true],
    ['http://127.0.0.1.example.com', 'http://127.0.0.1.example.com', false, false],
    ['http://10.0.0.1', 'http://10.0.0.1', false, false],
  ])('reads %s', (text, url, isTls, isLoopback) => {
    expect(parseServerAddress(text)).toEqual({ url, isTls, isLoopback });
  });

  it.each(['', 'http://', 'ftp://host', 'file:///etc/passwd', 'https://host/?a=b', 'https://host/#a', 'a b'])(
    'refuses %j',
    (text) => {
      expect(() => parseServerAddress(text)).toThrow(/^the server's address must/);
    },
  );

  it('refuses a password in it without repeating it', () => {
    expect(() => parseServerAddress('https://me:secret@host')).toThrow(/podium login/);
    expect(() => parseServerAddress('https://me:secret@host')).not.toThrow(/secret/);
  });
});
