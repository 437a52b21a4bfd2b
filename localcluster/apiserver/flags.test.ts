import { describe, expect, it } from 'vitest';
import type { DomainError } from '../../shared/domain/domain-error.js';
import { asksForHelp, parseFlags, USAGE } from './flags.js';

const ENOUGH = ['--cert-dir=/c', '--token-auth-file=/t'];

function faultsOf(args: readonly string[]): readonly string[] {
  try {
    parseFlags(args);
  } catch (error) {
    return (error as DomainError).details.map(({ field }) => field);
  }
  return [];
}

describe('parseFlags', () => {
  it('fills in the defaults', () => {
    expect(parseFlags(ENOUGH)).toMatchObject({
      securePort: 6443,
      bindAddress: '127.0.0.1',
      certDir: '/c',
      tokenAuthFile: '/t',
      watchHistoryEvents: 5000,
      logLevel: 'info',
    });
  });

  it('takes values after a sign or after a blank, and ignores the address to advertise', () => {
    const flags = parseFlags([
      ...ENOUGH,
      '--secure-port',
      '0',
      '--advertise-address=10.0.0.1',
      '--bind-address=::1',
    ]);

    expect(flags).toMatchObject({ securePort: 0, bindAddress: '::1' });
  });

  it('lists every fault', () => {
    const args = [
      '--secure-port=x',
      '--bind-address=0.0.0.0',
      '--tls-cert-file=/c',
      '--kubelet-client-key=/k',
      '--watch-history-events=0',
      '--log-level=loud',
    ];

    expect(faultsOf(args)).toEqual([
      '--bind-address',
      '--secure-port',
      '--watch-history-events',
      '--tls-cert-file',
      '--kubelet-client-certificate',
      '--token-auth-file',
      '--log-level',
    ]);
  });

  it('asks for a certificate and for a way in', () => {
    expect(faultsOf([])).toEqual(['--cert-dir', '--token-auth-file']);
    expect(faultsOf(['--cert-dir=/c', '--client-ca-file=/ca'])).toEqual([]);
  });

  it('refuses what it does not know', () => {
    expect(() => parseFlags([...ENOUGH, '--etcd-servers=x'])).toThrow("Unknown option '--etcd-servers'");
    expect(() => parseFlags([...ENOUGH, 'extra'])).toThrow('extra');
  });

  it('leaves everything to the help when it is asked for', () => {
    expect([asksForHelp(['--help']), asksForHelp(['-h']), asksForHelp(ENOUGH)]).toEqual([true, true, false]);
    expect(USAGE).toContain('--token-auth-file');
  });
});
