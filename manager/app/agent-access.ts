import type { ManagerConfig } from '../../config/manager-config.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { periodic } from '../../shared/lifecycle/periodic.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { AgentConnections } from '../adapters/decisionmaker/agent-connections.js';
import type { PublicKeyExchange } from '../adapters/decisionmaker/agent-credentials.js';
import { ExchangedTokens } from '../adapters/decisionmaker/exchanged-tokens.js';
import { ReloadedTls } from '../adapters/decisionmaker/reloaded-tls.js';
import type { PemSource } from '../adapters/decisionmaker/tls-material.js';

/** A renewed certificate is in use this long after it was written, at the latest. */
const RELOAD_INTERVAL_MS = 5_000;

/** What the agents are shown over TLS; undefined where mutual TLS is off. Rejects with `invalid` and every fault. */
export async function loadAgentTls(
  { mtls }: ManagerConfig,
  clock: Clock,
  logger: Logger,
): Promise<ReloadedTls | undefined> {
  if (!mtls.enable) return undefined;
  const source = (part: 'cert' | 'key' | 'ca'): PemSource => {
    const file = mtls[`${part}_file`];
    const text = part === 'key' ? mtls.key_pem.reveal() : mtls[`${part}_pem`];
    return { field: `mtls.${part}_${file === '' ? 'pem' : 'file'}`, file, text };
  };
  const sources = { cert: source('cert'), key: source('key'), ca: source('ca') };
  return ReloadedTls.load({ sources, serverName: mtls.server_name, clock, logger });
}

export function agentTlsReload(
  tls: ReloadedTls,
  connections: AgentConnections,
  clock: Clock,
  logger: Logger,
): Component {
  return periodic({
    name: 'agent certificate',
    intervalMs: RELOAD_INTERVAL_MS,
    clock,
    round: async () => {
      const next = await tls.reload();
      if (next !== undefined) connections.useTls(next);
    },
    onError: (reason) => logger.error({ reason }, 'certificate for the agents was not looked at'),
  });
}

/** The fallback for agents of the first generation; undefined where their public key is not configured. */
export function publicKeyExchange(
  { key }: ManagerConfig,
  clock: Clock,
  logger: Logger,
): PublicKeyExchange | undefined {
  const publicKeyPem = key.dm_public_key_pem.reveal();
  if (publicKeyPem === '') return undefined;
  logger.warn(
    { key: 'key.dm_public_key_pem' },
    'agents may be asked for tokens with their public key: empty the key when the last old agent is updated',
  );
  return { publicKeyPem, clientId: key.client_id, tokens: new ExchangedTokens(clock) };
}
