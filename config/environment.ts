/** The environment is read here and nowhere else: lint forbids process.env in every other file of the product. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function processEnvironment(): Environment {
  return process.env;
}

/**
 * The variables that a program we start should see: this process's own, without those that would configure a
 * manager or an agent, which get theirs from whoever starts them.
 */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('MANAGER_') && !name.startsWith('DM_')),
  );
}

/** The user's folder for state that outlives a program (XDG Base Directory Specification). */
export function userStateFolder(): string | undefined {
  const { XDG_STATE_HOME, HOME } = process.env;
  if (XDG_STATE_HOME) return XDG_STATE_HOME;
  return HOME ? `${HOME}/.local/state` : undefined;
}

/** The user's folder for configuration and credentials (XDG Base Directory Specification). */
export function userConfigFolder(): string | undefined {
  const { XDG_CONFIG_HOME, HOME } = process.env;
  if (XDG_CONFIG_HOME) return XDG_CONFIG_HOME;
  return HOME ? `${HOME}/.config` : undefined;
}

const DEFAULT_SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where programs are looked for. */
export function searchPath(): string {
  return process.env.PATH ?? DEFAULT_SEARCH_PATH;
}
