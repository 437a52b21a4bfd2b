import { describe, expect, it } from 'vitest';
import { managerConfigSchema } from '../../config/manager-config.js';
import { mongoSettings } from './mongo-settings.js';

function settingsOf(mongodb: Readonly<Record<string, unknown>>) {
  return mongoSettings(managerConfigSchema.parse({ mongodb }).mongodb);
}

describe('mongoSettings', () => {
  it('encodes user and password, so that any character may be in them', () => {
    const { uri } = settingsOf({ user: 'po:di/um', password: 'p@ss/w%rd?&', options: 'authSource=admin' });

    expect(uri).toBe('mongodb://po%3Adi%2Fum:p%40ss%2Fw%25rd%3F%26@localhost:27017/?authSource=admin');
    expect(decodeURIComponent(new URL(uri).password)).toBe('p@ss/w%rd?&');
  });

  it('takes the public keys as the first generation ships them, the port as a text or a number', () => {
    for (const port of ['27018', 27_018]) {
      const { uri, database, caPem } = settingsOf({
        database: 'db',
        host: '::1',
        port,
        options: 'ssl=false',
      });

      expect({ uri, database, caPem }).toEqual({
        uri: 'mongodb://[::1]:27018/?ssl=false',
        database: 'db',
        caPem: undefined,
      });
    }
  });

  it('asks for TLS with the authority that is given, whatever the options say of it', () => {
    const ca_pem = `-----BEGIN ${'CERTIFICATE'}-----`;

    const { uri, caPem } = settingsOf({ ca_pem, ca_pem_enable: true, options: 'authSource=a&ssl=false' });

    expect({ uri, caPem }).toEqual({ uri: 'mongodb://localhost:27017/?authSource=a', caPem: ca_pem });
  });

  it('prefers a whole URI, and the database that it names', () => {
    expect(settingsOf({ uri: 'mongodb://u:p@a:1,b:2/own?replicaSet=rs0', host: 'c' })).toMatchObject({
      uri: 'mongodb://u:p@a:1,b:2/own?replicaSet=rs0',
      database: 'own',
    });
    expect(settingsOf({ uri: 'mongodb://a/?tls=true', database: 'x' }).database).toBe('x');
  });

  it.each([
    ['a host with a port', { host: 'a:1' }],
    ['a host with credentials', { host: 'u:p@a' }],
    ['no port', { port: 'x' }],
    ['another scheme', { uri: 'http://a' }],
    ['no database name', { database: 'a.b' }],
    ['TLS without an authority', { ca_pem_enable: true }],
  ])('refuses %s', (_title, mongodb) => {
    expect(managerConfigSchema.safeParse({ mongodb }).success).toBe(false);
  });

  it('prints no password', () => {
    const { mongodb } = managerConfigSchema.parse({
      mongodb: { password: 'top-secret', uri: 'mongodb://u:top-secret@a' },
    });

    expect(JSON.stringify(mongodb)).not.toContain('top-secret');
  });
});
