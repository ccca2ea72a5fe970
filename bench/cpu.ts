import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second, on every platform that Nines runs on. */
const TICKS_A_SECOND = 100;

interface Process {
  parent: number;
  ticks: number;
}

/** CPU seconds that a process has used so far, and all below it with it; of those that ended, what their parent was told. */
export function cpuSecondsOf(root: number): number {
  const all = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const found = readProcess(name);
    if (found !== null) all.set(Number(name), found);
  }
  const isBelow = (pid: number): boolean => {
    for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) if (at === root) return true;
    return false;
  };
  let ticks = 0;
  for (const [pid, one] of all) if (isBelow(pid)) ticks += one.ticks;
  return ticks / TICKS_A_SECOND;
}

/** Null for one that has just ended. */
function readProcess(pid: string): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // What stands in brackets is the program's name, and may hold anything.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user, system, ofChildrenUser, ofChildrenSystem] = fields.slice(11, 15);
    return { parent: fields[1] ?? 0, ticks: (user ?? 0) + (system ?? 0) + (ofChildrenUser ?? 0) + (ofChildrenSystem ?? 0) };
  } catch {
    return null;
  }
}
