import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { anIntent, aPostedSet, CONTAINER_ID, POD_UID } from '../support/agent-builders.js';
import { type CertificateFiles, TestAuthority } from '../support/certificates.js';
import { httpCall, type Target } from '../support/http-call.js';
import { containerCgroup } from '../support/pod-cgroups.js';
import { SimulatedNode } from '../support/simulated-node.js';
import { eventually, TestAgent } from '../support/test-agent.js';

let folder: string;
let node: SimulatedNode;
let authority: TestAuthority;
let client: CertificateFiles;
let agent: TestAgent;
let port: number;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'podium-agent-tls-'));
  node = new SimulatedNode();
  node.put({ pid: 500, cgroup: containerCgroup('systemd', POD_UID, CONTAINER_ID) });
  authority = await TestAuthority.create(folder);
  client = await authority.client('client', 'manager');
  put(await authority.server('first'));
  agent = await TestAgent.start({
    procRoot: node.procRoot,
    cgroupRoot: node.cgroupRoot,
    sections: {
      server: { host: '127.0.0.1:0', unix_socket: socketPath() },
      mtls: {
        enable: true,
        cert_file: at('tls.crt'),
        key_file: at('tls.key'),
        ca_file: authority.files.certFile,
      },
    },
  });
  port = Number(new URL(agent.url).port);
});
afterEach(async () => {
  await agent.stop();
  node.close();
  rmSync(folder, { recursive: true });
});

function at(name: string): string {
  return path.join(folder, name);
}

function socketPath(): string {
  return at('agent.sock');
}

function put({ certificate, key }: CertificateFiles): void {
  writeFileSync(at('tls.crt'), certificate);
  writeFileSync(at('tls.key'), key);
}

function overTls(with_: { cert: string; key: string } | undefined = pairOf(client)): Target {
  return { port, tls: { ca: authority.files.certificate, ...with_ } };
}

function pairOf({ certificate, key }: CertificateFiles): { cert: string; key: string } {
  return { cert: certificate, key };
}

async function metric(name: string): Promise<number> {
  const page = (await httpCall(overTls(), '/metrics')).text;
  return Number(new RegExp(`^podium_agent_certificate_${name} (\\S+)$`, 'm').exec(page)?.[1]);
}

async function authorization(): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await agent.managerToken()}` };
}

describe('mutual TLS', () => {
  it('lets in who has a certificate of the authority, and asks for a token as before', async () => {
    const set = JSON.stringify(aPostedSet([anIntent()]));
    const headers = await authorization();

    expect((await httpCall(overTls(), PATHS.intents, { method: 'POST', body: set })).status).toBe(401);
    expect((await httpCall(overTls(), PATHS.intents, { method: 'POST', body: set, headers })).status).toBe(
      200,
    );
    const { body } = await httpCall(overTls(), PATHS.schedulingStrategies, { headers });
    expect(body.scheduling).toMatchObject([{ pid: 500 }]);
  });

  it('lets nobody else in, to no path', async () => {
    const stranger = await TestAuthority.create(folder, 'stranger');
    const strange = await stranger.client('strange-client', 'manager');
    const expired = await authority.client('expired-client', 'manager', [], -1);

    for (const pair of [undefined, pairOf(strange), pairOf(expired)]) {
      for (const target of ['/health', '/metrics', PATHS.schedulingStrategies]) {
        const { tls } = overTls();
        const only = { ca: tls?.ca ?? '', ...pair };
        await expect(httpCall({ port, tls: only }, target)).rejects.toThrow();
      }
    }
    await expect(httpCall({ port }, '/health')).rejects.toThrow();
    const page = (await httpCall(overTls(), '/metrics')).text;
    expect(page).toMatch(/^podium_agent_tls_handshake_failures_total 10$/m);
  });

  it('speaks nothing older than TLS 1.2', async () => {
    const old = { ...overTls().tls, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' };

    await expect(httpCall({ port, tls: old as never }, '/health')).rejects.toThrow();
    const just = { ...overTls().tls, maxVersion: 'TLSv1.2' };
    expect((await httpCall({ port, tls: just as never }, '/health')).status).toBe(200);
  });

  it('leaves the Unix socket plain, and a caller over loopback a caller of this machine', async () => {
    expect((await httpCall({ socketPath: socketPath() }, '/health')).status).toBe(200);
    for (const target of [overTls(), { socketPath: socketPath() }]) {
      const body = JSON.stringify({ public_key: agent.publicKeyPem() });
      expect((await httpCall(target, PATHS.token, { method: 'POST', body })).status).toBe(200);
    }
  });
});

describe('a new certificate', () => {
  it('is shown to whoever connects from then on, and no connection is lost', async () => {
    const before = await httpCall(overTls(), '/health');
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const target = { ...overTls(), agent: kept };
      const first = await httpCall(target, '/health');
      put(await authority.server('second'));

      const { serialNumber } = await eventually(
        () => httpCall(overTls(), '/health'),
        (answer) => answer.serialNumber !== before.serialNumber,
      );

      expect(serialNumber).toMatch(/^[0-9A-F]+$/);
      expect(await metric('reloads_total')).toBe(1);
      const again = await httpCall(target, '/health');
      expect([first.serialNumber, again.serialNumber, again.status]).toEqual([
        before.serialNumber,
        before.serialNumber,
        200,
      ]);
    } finally {
      kept.destroy();
    }
  });

  it('may come with another authority, whose clients alone are let in then', async () => {
    const next = await TestAuthority.create(folder, 'next');
    const nextClient = await next.client('next-client', 'manager');
    writeFileSync(authority.files.certFile, next.files.certificate);

    await eventually(
      () => httpCall(overTls(pairOf(nextClient)), '/health').catch(() => undefined),
      (answer) => answer?.status === 200,
    );

    await expect(httpCall(overTls(), '/health')).rejects.toThrow();
  });

  it('that cannot be used leaves the old one in use, is counted, and does no harm to the next', async () => {
    const before = await httpCall(overTls(), '/health');
    const third = await authority.server('third');
    writeFileSync(at('tls.key'), third.key);

    await eventually(
      () => metric('reload_failures_total'),
      (count) => count === 1,
    );
    expect((await httpCall(overTls(), '/health')).serialNumber).toBe(before.serialNumber);

    writeFileSync(at('tls.crt'), third.certificate);
    await eventually(
      () => httpCall(overTls(), '/health'),
      (answer) => answer.serialNumber !== before.serialNumber,
    );
    expect(await metric('expiry_timestamp_seconds')).toBeGreaterThan(Date.now() / 1_000);
  });
});
