import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TlsOptions } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CertificateAuthority,
  createCertificateAuthority,
} from '../../localcluster/pki/certificate-authority.js';
import type { CertificatePair } from '../../localcluster/pki/certificate-pair.js';
import { issueClientCertificate, issueServerCertificate } from '../../localcluster/pki/issue-certificate.js';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { eventually } from '../support/eventually.js';
import { FirstGenerationAgent, newAgentKey } from '../support/first-generation-agent.js';
import { MixedFleet } from '../support/mixed-fleet.js';
import { startTestManager } from '../support/test-manager.js';

/** The name in the agents' certificates: they are dialled by address. */
const SERVER_NAME = 'decisionmaker.podium';
const key = newAgentKey();

let authority: CertificateAuthority;
let stranger: CertificateAuthority;
let server: CertificatePair;
let client: CertificatePair;
beforeAll(async () => {
  authority = await createCertificateAuthority('agents');
  stranger = await createCertificateAuthority('somebody else');
  server = await serverCertificate(authority);
  client = await clientCertificate('manager-1');
});

let folder: string;
let fleet: MixedFleet | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
  await rm(folder, { recursive: true, force: true });
});

function serverCertificate(issuer: CertificateAuthority, ipAddresses: readonly string[] = [], validDays = 1) {
  const identity = { commonName: 'agent', dnsNames: [SERVER_NAME], ipAddresses, validDays };
  return issueServerCertificate(issuer, identity);
}

function clientCertificate(commonName: string, issuer = authority, validDays = 1) {
  return issueClientCertificate(issuer, { commonName, organizations: [], validDays });
}

/** What an agent listens with: it wants a certificate of its authority from whoever calls. */
function listening(pair: CertificatePair, options: TlsOptions = {}): TlsOptions {
  const ca = authority.certificatePem;
  return {
    cert: pair.certificatePem,
    key: pair.privateKeyPem,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
    ...options,
  };
}

function mtls(overrides: Readonly<Record<string, unknown>> = {}) {
  return {
    enable: true,
    server_name: SERVER_NAME,
    cert_pem: client.certificatePem,
    key_pem: client.privateKeyPem,
    ca_pem: authority.certificatePem,
    ...overrides,
  };
}

async function fleetWith(tls: TlsOptions | undefined, settings: Readonly<Record<string, unknown>>) {
  const agent = await FirstGenerationAgent.start({ key, ...(tls === undefined ? {} : { tls }) });
  fleet = await MixedFleet.start({ key: { dm_public_key_pem: agent.publicKeyPem }, mtls: settings });
  fleet.adopt(agent);
  fleet.place('node-1', agent.origin.replace(/^http:/, 'https:'));
  return { agent, fleet };
}

function applied(from: MixedFleet) {
  return eventually(async () => expect(await from.delivery()).toMatchObject({ state: 'Applied' }));
}

describe('mutual TLS to the agents', () => {
  it.each([
    ['by the name in their certificates', [], SERVER_NAME],
    ['by the address that is dialled', ['127.0.0.1'], ''],
  ])('knows them %s, and shows its own certificate', async (_title, ipAddresses, server_name) => {
    const pair = await serverCertificate(authority, ipAddresses);
    const { agent, fleet } = await fleetWith(listening(pair), mtls({ server_name }));

    await applied(fleet);

    expect(new Set(agent.calls.map(({ shown }) => shown))).toEqual(new Set(['manager-1']));
  });

  it('reads certificate, key and authority from files as well', async () => {
    const files = await written(client);
    const empty = { cert_pem: '', key_pem: '', ca_pem: '' };
    const { fleet } = await fleetWith(listening(server), mtls({ ...empty, ...files }));

    await applied(fleet);
  });

  it('works with an agent that asks for no certificate, which is checked all the same', async () => {
    const { agent, fleet } = await fleetWith(listening(server, { requestCert: false }), mtls());

    await applied(fleet);

    expect(agent.calls[0]?.shown).toBeUndefined();
  });

  it.each<[string, () => Promise<{ tls?: TlsOptions | undefined; settings?: object }>, RegExp]>([
    [
      'signed by another authority',
      async () => ({ tls: listening(await serverCertificate(stranger)) }),
      /unable to verify|self.signed/i,
    ],
    [
      'with another name',
      async () => ({ tls: listening(server), settings: { server_name: 'other.podium' } }),
      /altnames/i,
    ],
    [
      'without the address that is dialled',
      async () => ({ tls: listening(server), settings: { server_name: '' } }),
      /altnames/i,
    ],
    [
      'that has ended',
      async () => ({ tls: listening(await serverCertificate(authority, [], -0.001)) }),
      /expired/i,
    ],
    [
      'that does not know our authority',
      async () => ({
        settings: await clientCertificate('manager-1', stranger).then((pair) => ({
          cert_pem: pair.certificatePem,
          key_pem: pair.privateKeyPem,
        })),
      }),
      /alert|unknown ca|closed|reset/i,
    ],
    [
      'that finds our certificate ended',
      async () => ({
        settings: await clientCertificate('manager-1', authority, -0.001).then((pair) => ({
          cert_pem: pair.certificatePem,
          key_pem: pair.privateKeyPem,
        })),
      }),
      /alert|expired|closed|reset/i,
    ],
    ['without TLS', async () => ({ tls: undefined }), /wrong version number|packet|SSL/i],
  ])('hands nothing to an agent %s, and says why', async (_title, prepare, reason) => {
    const { tls, settings } = { tls: listening(server), settings: {}, ...(await prepare()) };
    const { agent, fleet } = await fleetWith(tls, mtls({ ...settings }));

    await eventually(async () =>
      expect(await fleet.delivery()).toMatchObject({
        state: 'Failed',
        lastError: expect.stringMatching(reason),
      }),
    );

    expect(agent.calls).toEqual([]);
  });

  it('reaches an agent of our own that wants it', async () => {
    fleet = await MixedFleet.start({ mtls: mtls() });
    const own = {
      enable: true,
      cert_pem: server.certificatePem,
      key_pem: server.privateKeyPem,
      ca_pem: authority.certificatePem,
    };
    const { origin } = await fleet.currentAgent({ sections: { mtls: own } });
    await fleet.wish({ name: 'over TLS' });
    fleet.place('node-1', origin.replace(/^http:/, 'https:'));

    await applied(fleet);

    expect(await fleet.delivery()).toMatchObject({ agentGeneration: 'current', intents: 1 });
  });

  it('shows a renewed certificate without losing a delivery', async () => {
    const files = await written(client);
    const empty = { cert_pem: '', key_pem: '', ca_pem: '' };
    const { agent, fleet } = await fleetWith(listening(server), mtls({ ...empty, ...files }));
    await applied(fleet);

    await written(await clientCertificate('manager-2'));
    let deliveries = 0;
    await eventually(async () => {
      deliveries++;
      await fleet.wish({ name: `number ${deliveries}`, priority: (deliveries % 20) + 1 });
      await applied(fleet);
      expect(agent.calls.at(-1)?.shown).toBe('manager-2');
    });

    expect(agent.held).toHaveLength(deliveries);
    expect(await fleet.metric('podium_set_delivery_failures_total')).toBe(0);
    expect(await fleet.metric('podium_manager_certificate_reloads_total')).toBeGreaterThan(0);
    expect(await fleet.metric('podium_manager_certificate_expiry_timestamp_seconds')).toBeGreaterThan(
      Date.now() / 1_000,
    );
    // The old one was in use until then, and never again.
    const shown = agent.calls.map((call) => call.shown);
    expect(shown.indexOf('manager-2')).toBeGreaterThan(shown.lastIndexOf('manager-1'));
    expect(agent.callsTo('POST', PATHS.token)).toHaveLength(1);
  });

  it('tells every fault at the start', async () => {
    const broken = mtls({ cert_pem: 'nonsense', key_pem: '', key_file: '/nonexistent/tls.key', ca_pem: 'x' });
    const attempt = startTestManager({ overSockets: true, sections: { mtls: broken } });

    const faults = await attempt.catch((error) => error.details);
    expect(faults).toEqual([
      { field: 'mtls.cert_pem', reason: 'must hold a certificate in PEM' },
      {
        field: 'mtls.key_file',
        reason: '/nonexistent/tls.key cannot be read (ENOENT): look at its path and its rights',
      },
      { field: 'mtls.ca_pem', reason: 'must hold a certificate in PEM' },
    ]);
  });
});

/** Writes the pair and the authority into the test's folder, in that order, as whoever renews them would. */
async function written(pair: CertificatePair) {
  const files = {
    cert_file: path.join(folder, 'tls.crt'),
    key_file: path.join(folder, 'tls.key'),
    ca_file: path.join(folder, 'ca.crt'),
  };
  await writeFile(files.cert_file, pair.certificatePem);
  await writeFile(files.key_file, pair.privateKeyPem);
  await writeFile(files.ca_file, authority.certificatePem);
  return files;
}
