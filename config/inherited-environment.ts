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
