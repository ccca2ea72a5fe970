import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What the operating system says of a process: `zombie` is dead but not yet reaped by its parent. */
export type ProcessState = 'alive' | 'zombie' | 'gone';

export function processState(pid: number): ProcessState {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    // EPERM: it lives, under another user.
    if (errorCode(cause) !== 'EPERM') return 'gone';
  }
  return statFields(pid)?.[0] === 'Z' ? 'zombie' : 'alive';
}

/** Tells two processes of the same pid apart: the kernel's start tick on Linux, undefined where it cannot be read. */
export function processStart(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** The words a process was started with; undefined where the system does not show them. */
export function processArguments(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return undefined;
  }
}

/** Live processes whose working folder is `folder`; those of other users may be hidden from us. Linux only, else empty. */
export function processesIn(folder: string): number[] {
  return listProcesses().filter((pid) => workingFolder(pid) === folder && processState(pid) === 'alive');
}

export function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

// The program's name stands in parentheses and may hold anything, so fields count from the last one.
function statFields(pid: number): string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
