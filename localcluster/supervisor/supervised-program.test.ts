import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SupervisedProgram } from './supervised-program.js';

let folder = '';
let program: SupervisedProgram | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(async () => {
  await program?.stop();
  program = undefined;
  await rm(folder, { recursive: true });
});

async function aProgram(source: string, overrides: { stopWithinMs?: number } = {}) {
  const script = path.join(folder, 'program.cjs');
  await writeFile(script, source);
  program = new SupervisedProgram({
    name: 'test program',
    script,
    args: ['argument'],
    env: { ...process.env, VARIABLE: 'value' },
    logFile: path.join(folder, 'log'),
    stopWithinMs: overrides.stopWithinMs ?? 5_000,
  });
  return program;
}

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

const forever = 'console.log(process.argv[2], process.env.VARIABLE); setInterval(() => {}, 1000);';

async function started(running: SupervisedProgram): Promise<number> {
  await vi.waitFor(async () => expect(await readFile(running.spec.logFile, 'utf8')).not.toBe(''));
  return running.pid ?? 0;
}

describe('SupervisedProgram', () => {
  it('runs with its arguments, variables and log, in a session of its own, and ends when stopped', async () => {
    const running = await aProgram(forever);
    running.start();
    const pid = await started(running);

    expect(await readFile(running.spec.logFile, 'utf8')).toBe('argument value\n');
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ');
    expect(fields?.[3]).toBe(String(pid));
    await running.stop();
    expect(isRunning(pid)).toBe(false);
  });

  it('starts again what dies, once it was settled', async () => {
    const running = await aProgram(forever);
    running.start();
    const first = await started(running);
    running.settle();

    process.kill(first, 'SIGKILL');

    await vi.waitFor(() => expect(running.pid).not.toBe(first));
    expect(isRunning(running.pid)).toBe(true);
  });

  it('fails the start with the last words of a program that ends before it was settled', async () => {
    const running = await aProgram('console.error("port 1 is taken"); process.exit(1);');
    running.start();

    await expect(running.failsToStart()).rejects.toThrow(
      'test program ended at start (exit code 1): port 1 is taken',
    );
  });

  it('kills what does not stop in time', async () => {
    const running = await aProgram(`process.on('SIGTERM', () => {}); ${forever}`, { stopWithinMs: 50 });
    running.start();
    const pid = await started(running);

    await running.stop();

    expect(isRunning(pid)).toBe(false);
  });

  it('does not start again what dies while it is stopped', async () => {
    const running = await aProgram(`process.on('SIGTERM', () => process.exit(7)); ${forever}`);
    running.start();
    const pid = await started(running);
    running.settle();

    await running.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));

    expect(running.pid).toBe(pid);
    expect(isRunning(pid)).toBe(false);
  });
});
