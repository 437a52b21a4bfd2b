import { spawn } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../shared/files/package-root.js';
import type { PodiumUser } from './podium-command.js';

const MAIN = path.join(packageRoot(), 'dist/cli/main.js');

/**
 * Runs `podium` on a terminal, made by util-linux's `script`, and types an answer to each question as it comes.
 * `screen` is what the person saw.
 */
export function typeInto(
  user: PodiumUser,
  args: readonly string[],
  answers: readonly (readonly [question: string, typed: string])[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: user.home,
    env: { PATH: process.env.PATH, HOME: user.home, PODIUM_SERVER: user.server, TERM: 'xterm', ...env },
  });
  const left = [...answers];
  let screen = '';
  let read = 0;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    screen += text;
    const [next] = left;
    const at = next === undefined ? -1 : screen.indexOf(`${next[0]}`, read);
    if (next === undefined || at === -1 || !/:(?: |\r\n)$/.test(screen.slice(at))) return;
    read = screen.length;
    left.shift();
    child.stdin.write(next[1]);
  });
  child.stdin.on('error', () => {});
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, screen: screen.replaceAll('\r\n', '\n') }));
  });
}
