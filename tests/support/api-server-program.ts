import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from '../../localcluster/client/connection.js';
import { readKubeconfig } from '../../localcluster/client/kubeconfig.js';
import { freePort } from '../../localcluster/supervisor/free-port.js';
import { waitUntil } from '../../localcluster/supervisor/wait-until.js';
import { kubeconfig } from './kubernetes/kubeconfig.js';
import { LocalProgram } from './local-program.js';
import { temporaryFolder } from './temporary-folder.js';

const START_LIMIT_MS = 20_000;

export interface ApiServerProgram {
  /** Of a member of system:masters. */
  readonly adminKubeconfig: string;
  stop(): Promise<void>;
}

/** Our API server alone, started as the real one would be: a token file, and a certificate that it makes itself. */
export async function startApiServerProgram(): Promise<ApiServerProgram> {
  const folder = await temporaryFolder();
  const file = (name: string) => path.join(folder.path, name);
  const token = randomBytes(16).toString('hex');
  const port = await freePort();
  await writeFile(file('tokens.csv'), `${token},admin,admin-uid,"system:masters"\n`, { mode: 0o600 });
  const program = LocalProgram.start(
    'apiserver',
    [`--secure-port=${port}`, `--cert-dir=${folder.path}`, `--token-auth-file=${file('tokens.csv')}`],
    file('log'),
  );
  const stop = async () => {
    await program.stop();
    await folder.remove();
  };
  const adminKubeconfig = file('kubeconfig');
  await writeFile(
    adminKubeconfig,
    kubeconfig(`https://127.0.0.1:${port}`, file('apiserver.crt'), { token }),
    { mode: 0o600 },
  );
  try {
    const signal = AbortSignal.timeout(START_LIMIT_MS);
    const what = 'the local API server';
    await waitUntil(() => answers(adminKubeconfig), { what, limitMs: START_LIMIT_MS, signal });
  } catch (error) {
    const log = await readFile(file('log'), 'utf8');
    await stop();
    throw new Error(`${String(error)}\n${log}`);
  }
  return { adminKubeconfig, stop };
}

async function answers(adminKubeconfig: string): Promise<true | undefined> {
  const connection = connect(await readKubeconfig(adminKubeconfig));
  try {
    const response = await connection.send({ path: '/readyz', signal: AbortSignal.timeout(1_000) });
    return (await response.body.text()) === 'ok' ? true : undefined;
  } finally {
    await connection.close();
  }
}
