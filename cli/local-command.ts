import { type Command, InvalidArgumentError, Option } from 'commander';
import { DIALECTS, type LocalOptions } from '../localcluster/options.js';

type Flags = Omit<LocalOptions, 'keepState' | 'stateFolder' | 'managerPort'> & {
  readonly port: number;
  readonly stateDir?: string;
  readonly keep?: boolean;
  readonly remove?: boolean;
};

/** `podium local`: everything on one machine, as separate programs, until Ctrl-C. */
export function addLocalCommand(program: Command): void {
  program
    .command('local')
    .description('start a whole cluster on this machine: Kubernetes API, virtual nodes, agents, manager')
    .option('--nodes <count>', 'virtual nodes', integer(1, 100), 3)
    .option('--dialects <list>', `cgroup paths of the nodes in turn: ${DIALECTS.join(', ')}`, dialects, [
      ...DIALECTS,
    ])
    .option('--port <port>', 'port of the manager; 0 = any free one, as below', integer(0, 65_535), 8081)
    .option('--api-port <port>', 'port of the Kubernetes API server', integer(0, 65_535), 0)
    .option(
      '--agent-port <port>',
      "port of the first node's decision maker; the next count on",
      integer(0, 65_535),
      0,
    )
    .option('--state-dir <folder>', 'folder for all state; a temporary one when not given')
    .option('--keep', 'keep the state folder at the end (what a named one does anyway)')
    .option('--remove', 'remove the state folder at the end (what a temporary one does anyway)')
    .option('--no-samples', 'start no sample workloads')
    .addOption(
      new Option('--cgroups <kind>', 'real cgroups need root and a cgroup v2 mount')
        .choices(['auto', 'real', 'simulated'])
        .default('auto'),
    )
    .option('--kubeconfig <file>', 'use this Kubernetes API server instead of our own')
    .option('--manager-kubeconfig <file>', "the manager's own kubeconfig there")
    .option('--kubelet-client-authority <file>', 'authority of the certificates it shows to kubelets')
    .option('--json', 'print one line of JSON when ready, instead of words')
    .action(async (flags: Flags) => {
      const { runLocalCluster } = await import('../localcluster/main.js');
      process.exitCode = await runLocalCluster(toOptions(flags));
    });
}

/** `podium demo`: the chain shown on the cluster that runs. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('show a strategy on its way to the PIDs, on the local cluster that runs')
    .option('--facts <file>', 'file with the line that `podium local --json` printed')
    .action(async ({ facts }: { readonly facts?: string }) => {
      const { demo } = await import('../localcluster/demo/main.js');
      process.exitCode = await demo({ facts });
    });
}

function toOptions({ port, stateDir, keep, remove, ...flags }: Flags): LocalOptions {
  return {
    ...flags,
    json: flags.json ?? false,
    kubeconfig: flags.kubeconfig,
    managerKubeconfig: flags.managerKubeconfig,
    kubeletClientAuthority: flags.kubeletClientAuthority,
    managerPort: port,
    stateFolder: stateDir,
    keepState: remove === true ? false : keep === true || stateDir !== undefined,
  };
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`);
  };
}

function dialects(text: string): LocalOptions['dialects'] {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    const known = DIALECTS.find((dialect) => dialect === name);
    if (known !== undefined) return known;
    throw new InvalidArgumentError(`must be a list of ${DIALECTS.join(', ')}.`);
  });
}
