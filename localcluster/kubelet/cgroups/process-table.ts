import { readdirSync, readFileSync } from 'node:fs';
import { errnoOf } from '../../../shared/files/read-if-present.js';

/** Facts about a process that tell whose it is. */
export interface ProcessStat {
  /** One letter; Z is a zombie. */
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** Ticks after boot: a process is its id together with this. */
  readonly startTime: string;
}

/** Reads the text of /proc/PID/stat (proc_pid_stat(5)). The name may hold anything, also brackets. */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    session: Number(fields[3]),
    startTime: fields[19] ?? '',
  };
}

/** The live process of this id; undefined for one that is gone, or a zombie, which no cgroup v2 lists either. */
export function liveProcess(pid: number): ProcessStat | undefined {
  const text = readOrNothing(`/proc/${pid}/stat`);
  const stat = text === undefined ? undefined : parseProcessStat(text);
  return stat === undefined || stat.state === 'Z' || stat.state === 'X' ? undefined : stat;
}

/** Whether there is a process of this id, be it a zombie. */
export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/** Value of a variable that a process had when it began; undefined also when it may not be read. */
export function environmentVariable(pid: number, name: string): string | undefined {
  const entries = readOrNothing(`/proc/${pid}/environ`)?.split('\0');
  return entries?.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

export function processIds(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** The id that was given out last: while it stays the same, no process has begun (proc_loadavg(5)). */
export function lastProcessId(): string {
  return readFileSync('/proc/loadavg', 'latin1').trimEnd().split(' ').at(-1) ?? '';
}

function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
