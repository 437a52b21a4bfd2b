const ZERO = 0x30;
const NINE = 0x39;

/** The numbers in the bytes of a cgroup.procs file, one on each line; 0 for a process of another pid namespace. */
export function pidsIn(bytes: Uint8Array): readonly number[] {
  const pids: number[] = [];
  let pid = -1;
  for (const byte of bytes) {
    if (byte >= ZERO && byte <= NINE) {
      pid = (pid === -1 ? 0 : pid * 10) + byte - ZERO;
    } else if (pid !== -1) {
      pids.push(pid);
      pid = -1;
    }
  }
  if (pid !== -1) pids.push(pid);
  return pids;
}
