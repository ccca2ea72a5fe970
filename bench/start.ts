import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildWeb } from '#tools/build-web.ts';
import { freePort, type NinesProcess, startNines } from '#testing/process/nines.ts';
import type { Print } from './installation.ts';

const STARTS = 5;
const SETTLE_MS = 5_000;

/** From the command to the first answer, on an empty folder and on one with data; and the memory of all that then runs. */
export async function benchStart(print: Print): Promise<void> {
  await buildWeb({ force: false, say: () => undefined });
  const data = mkdtempSync(path.join(tmpdir(), 'nines-bench-'));
  const port = await freePort();
  try {
    let nines: NinesProcess | undefined;
    const again: number[] = [];
    for (let i = 0; i <= STARTS; i += 1) {
      await nines?.stop();
      const startedAt = performance.now();
      nines = await startNines({ data, port });
      await (await fetch(`${nines.url}/api/v1/session`)).text();
      const seconds = (performance.now() - startedAt) / 1000;
      if (i === 0) print('start.first', seconds, 's');
      else again.push(seconds);
    }
    print('start.with_data.median', median(again), 's');
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    if (nines?.child.pid !== undefined) print('memory.pss', memoryOf(nines.child.pid), 'MB');
    await nines?.stop();
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Proportional set size of a process and everything below it, in MB: shared pages count once over all of them. */
function memoryOf(root: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = /^PPid:\s+(\d+)/m.exec(readFileOr(`/proc/${name}/status`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const below = (pid: number): boolean => pid === root || (parents.has(pid) && parents.get(pid) !== 0 && below(parents.get(pid) ?? 0));
  const kilobytes = [...parents.keys()]
    .filter(below)
    .map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileOr(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0));
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

function readFileOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
