import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface KilledWriter {
  readonly program: string;
  readonly args: readonly string[];
  /** SIGKILL after so many acknowledged writes. */
  readonly afterWrites: number;
}

/** Runs a program that prints a line for each write it was promised, kills it in the middle, and gives those lines. */
export async function acknowledgedBeforeTheKill(writer: KilledWriter): Promise<readonly string[]> {
  const child = spawn(process.execPath, [writer.program, ...writer.args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line);
    if (acknowledged.length === writer.afterWrites) kill();
  }
  await ended;
  process.off('exit', kill);
  return acknowledged;
}
