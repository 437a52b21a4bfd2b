import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { returnAddress, withParameters } from './return-address.js';

describe('returnAddress', () => {
  it.each(['/', '/ui/', '/ui/strategies?page=2#top', '/a//b', '/ui?next=https://elsewhere.example'])(
    'takes a page of this manager: %s',
    (text) => expect(returnAddress(text)).toEqual({ kind: 'page', path: text }),
  );

  it.each(['http://127.0.0.1:8765/callback', 'http://[::1]:1', 'http://127.0.0.1:65535/'])(
    'takes a program on the same machine: %s',
    (text) => expect(returnAddress(text)).toEqual({ kind: 'loopback', url: text }),
  );

  it.each([
    '',
    'ui',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/.//elsewhere.example',
    '\\\\elsewhere.example',
    '/\t/elsewhere.example',
    '/ui\r\nset-cookie: a=b',
    '/ü',
    'https://elsewhere.example/',
    'https://127.0.0.1:1/',
    'http://127.0.0.1/',
    'http://127.0.0.1:0/',
    'http://127.0.0.1:65536/',
    'http://127.0.0.1:80@elsewhere.example/',
    'http://127.0.0.1.elsewhere.example:80/',
    'http://localhost:8080/',
    'http://user@127.0.0.1:8080/',
    'javascript:alert(1)',
    `/${'a'.repeat(1_000)}`,
  ])('refuses %j', (text) => expect(returnAddress(text)).toBeUndefined());

  it('never lets a browser leave for another host', () => {
    const text = fc.string({
      unit: fc.constantFrom('/', '\\', ':', '@', '.', 'a', '?', '#', '\t', '%2f', '//'),
    });
    fc.assert(
      fc.property(text, (text) => {
        const address = returnAddress(`/${text}`);
        if (address === undefined) return;
        const location = withParameters(address, { code: 'x' });
        expect(new URL(location, 'https://podium.example').host).toBe('podium.example');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('withParameters', () => {
  it('keeps what is there and says the rest', () => {
    const page = returnAddress('/ui?a=1#top');
    const program = returnAddress('http://127.0.0.1:9?b=2') ?? returnAddress('http://127.0.0.1:9/?b=2');

    expect(page && withParameters(page, { code: 'x y' })).toBe('/ui?a=1&code=x+y#top');
    expect(program && withParameters(program, { code: 'x' })).toBe('http://127.0.0.1:9/?b=2&code=x');
  });
});
