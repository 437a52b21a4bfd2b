/**
 * What runs between the kubelet's fork and the container's program: the shell enters the group and the working
 * directory, so that nothing of the container ever runs outside of them, and becomes the program. `$0` marks its
 * own complaints, `$1` is the group's folder, `$2` the directory and the rest the command line.
 */
const SCRIPT = 'echo $$ > "$1/cgroup.procs" && cd "$2" || exit 125; shift 2; unset OLDPWD; exec "$@"';

export interface LaunchOptions {
  readonly containerId: string;
  readonly groupFolder: string;
  readonly workingDirectory: string;
  readonly argv: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
}

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The command line and environment that start `argv` inside a group. */
export function launch(options: LaunchOptions): Launch {
  const { containerId, groupFolder, workingDirectory, environment } = options;
  const variables = [...environment];
  const argv = [...carryingOddNames(variables), ...options.argv];
  return {
    file: '/bin/sh',
    args: ['-c', SCRIPT, launcherName(containerId), groupFolder, workingDirectory, ...argv],
    environment: Object.fromEntries(variables.filter(([name]) => isShellName(name))),
  };
}

/** A shell drops variables whose names are not its own, such as `a.b`: env(1) brings them back behind it. */
function carryingOddNames(variables: readonly (readonly [string, string])[]): string[] {
  const odd = variables.filter(([name]) => !isShellName(name));
  return odd.length === 0 ? [] : ['/usr/bin/env', ...odd.map(([name, value]) => `${name}=${value}`)];
}

function isShellName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/**
 * Why the program was never started, read from the exit code and the first words on standard error; undefined when
 * it was. A shell ends with 126 or 127 when it cannot become a program, which programs may do as well, but only
 * the shell begins its complaint with its name, which nobody else knows before.
 */
export function startFailure(
  containerId: string,
  exitCode: number,
  standardError: string,
): string | undefined {
  const isShellsCode = exitCode >= 125 && exitCode <= 127;
  const prefix = `${launcherName(containerId)}: `;
  if (!isShellsCode || !standardError.startsWith(prefix)) return undefined;
  const [complaint = ''] = standardError.slice(prefix.length).split('\n');
  return complaint.replace(/^(?:line )?\d+: /, '');
}

function launcherName(containerId: string): string {
  return `podium-launcher-${containerId}`;
}
