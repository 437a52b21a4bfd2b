import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority } from '../../localcluster/pki/certificate-authority.js';
import { issueServerCertificate } from '../../localcluster/pki/issue-certificate.js';

export interface PretendKubelet {
  readonly port: number;
  stop(): Promise<void>;
}

const LOG_LINES = ['first line', 'second line', 'third line'];

/**
 * A server that answers for the logs of every container, as a kubelet does at /containerLogs: the last lines when
 * it is asked for those, an error for containers whose name begins with "waiting".
 */
export async function startPretendKubelet(): Promise<PretendKubelet> {
  const authority = await createCertificateAuthority('kubelet');
  const pair = await issueServerCertificate(authority, {
    commonName: 'kubelet',
    dnsNames: [],
    ipAddresses: ['127.0.0.1'],
  });
  const server = createServer({ cert: pair.certificatePem, key: pair.privateKeyPem }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://kubelet');
    const [, root, , pod = '', container = ''] = url.pathname.split('/');
    if (root !== 'containerLogs') response.writeHead(404).end();
    else if (container.startsWith('waiting')) {
      response
        .writeHead(400)
        .end(`container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`);
    } else response.end(logText(container, url.searchParams));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function logText(container: string, query: URLSearchParams): string {
  const tail = Number(query.get('tailLines') ?? LOG_LINES.length);
  return LOG_LINES.slice(LOG_LINES.length - tail)
    .map((line) => `${container}: ${line}\n`)
    .join('');
}
