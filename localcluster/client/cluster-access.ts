/** What a kubeconfig's context says about reaching an API server; certificates and keys as PEM text. */
export interface ClusterAccess {
  /** Such as `https://127.0.0.1:6443`, without a trailing slash. */
  readonly server: string;
  readonly certificateAuthority?: string;
  /** The name to expect in the server's certificate instead of the address. */
  readonly tlsServerName?: string;
  readonly insecureSkipTlsVerify: boolean;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly token?: string;
  /** Read again now and then, as the kubelet of a real pod renews it. Wins over `token`. */
  readonly tokenFile?: string;
}
