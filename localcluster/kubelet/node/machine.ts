import { readFile, statfs } from 'node:fs/promises';
import os from 'node:os';
import { readIfPresent } from '../../../shared/files/read-if-present.js';
import type { MachineFacts, NodeHealth } from './node-description.js';

const GO_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** Facts that stay the same while the machine is up. */
export async function machineFacts(): Promise<MachineFacts> {
  return {
    architecture: GO_ARCHITECTURES[os.arch()] ?? os.arch(),
    operatingSystem: os.platform(),
    osImage: prettyName(await readIfPresent('/etc/os-release')) ?? os.version(),
    kernelVersion: os.release(),
    machineId: (await readIfPresent('/etc/machine-id'))?.trim() ?? '',
    bootId: (await readIfPresent('/proc/sys/kernel/random/boot_id'))?.trim() ?? '',
  };
}

function prettyName(osRelease: string | undefined): string | undefined {
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease ?? '')?.[1];
}

/** How much of the machine's memory, disk and process ids is left. */
export async function machineHealth(stateFolder: string): Promise<Omit<NodeHealth, 'ready'>> {
  const disk = await statfs(stateFolder);
  return {
    memoryAvailableBytes: os.freemem(),
    diskFree: disk.blocks === 0 ? 1 : disk.bavail / disk.blocks,
    processIdsFree: await processIdsFree(),
  };
}

async function processIdsFree(): Promise<number> {
  const tasks = Number(/\d+\/(\d+)/.exec(await readFile('/proc/loadavg', 'latin1'))?.[1] ?? 0);
  const most = Number(await readFile('/proc/sys/kernel/pid_max', 'latin1'));
  return 1 - tasks / most;
}
