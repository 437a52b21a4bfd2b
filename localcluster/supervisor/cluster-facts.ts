/** What a local cluster tells about itself when it is ready (DESIGN 9); paths are absolute. */
export interface ClusterFacts {
  /** Without a trailing slash, as the others. */
  readonly managerUrl: string;
  readonly username: string;
  /** Empty when the user has changed it: nobody else knows it then. */
  readonly password: string;
  readonly kubeconfig: string;
  readonly nodes: readonly NodeFacts[];
  readonly stateDir: string;
}

export interface NodeFacts {
  readonly name: string;
  readonly decisionMakerUrl: string;
  /** The key with which a scheduler on the node asks for its token. */
  readonly publicKeyFile: string;
}
