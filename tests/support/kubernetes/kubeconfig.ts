/** Who a kubeconfig speaks for. */
export type KubernetesCredential =
  | { readonly token: string }
  | { readonly certificateFile: string; readonly keyFile: string };

/** A kubeconfig with one cluster and one user, as JSON, which is YAML too. */
export function kubeconfig(
  server: string,
  certificateAuthorityFile: string,
  credential: KubernetesCredential,
): string {
  const user =
    'token' in credential
      ? { token: credential.token }
      : { 'client-certificate': credential.certificateFile, 'client-key': credential.keyFile };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': certificateAuthorityFile } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
}
