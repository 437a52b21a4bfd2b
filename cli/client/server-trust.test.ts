import { describe, expect, it } from 'vitest';
import type { SavedSession } from './credentials-file.js';
import { parseServerAddress } from './server-address.js';
import { authoritiesIn, serverTrust } from './server-trust.js';

const far = parseServerAddress('http://podium.example.com');
const session: SavedSession = { username: 'ann', accessToken: 'a', validUntil: 1 };
const nothing = { environment: {}, session: undefined };

describe('serverTrust', () => {
  it('lets no password or token go over plain HTTP to another machine', () => {
    expect(() => serverTrust(far, nothing)).toThrow(/plain HTTP/);
    expect(() => serverTrust(far, { environment: {}, session })).toThrow(/plain HTTP/);
  });

  it('lets them when somebody wants it, or did at the sign-in', () => {
    expect(serverTrust(far, { ...nothing, insecureHttp: true }).insecureHttp).toBe(true);
    expect(
      serverTrust(far, { environment: {}, session: { ...session, insecureHttp: true } }).insecureHttp,
    ).toBe(true);
  });

  it('needs no word for TLS and for this machine, and keeps none', () => {
    for (const url of ['https://podium.example.com', 'http://127.0.0.1:8081', 'http://localhost']) {
      const trust = serverTrust(parseServerAddress(url), { ...nothing, insecureHttp: true });
      expect(trust).toEqual({ caFile: undefined, insecureHttp: false });
    }
  });

  it('takes certificates as said now, then as the environment says, then as at the sign-in', () => {
    const near = parseServerAddress('https://podium.example.com');
    const sources = {
      environment: { PODIUM_CA_FILE: '/of/the/environment' },
      session: { ...session, caFile: '/kept' },
    };

    expect(serverTrust(near, { ...sources, caFile: '/now' }).caFile).toBe('/now');
    expect(serverTrust(near, sources).caFile).toBe('/of/the/environment');
    expect(serverTrust(near, { ...sources, environment: { PODIUM_CA_FILE: '' } }).caFile).toBe('/kept');
  });
});

describe('authoritiesIn', () => {
  it('refuses a file that is not there, or holds no certificate', async () => {
    expect(await authoritiesIn(undefined)).toBeUndefined();
    await expect(authoritiesIn('/nowhere/ca.pem')).rejects.toThrow(/ENOENT/);
    await expect(authoritiesIn(new URL(import.meta.url).pathname)).rejects.toThrow(/no certificate/);
  });
});
