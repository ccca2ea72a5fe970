import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { processState } from '#platform/process.ts';

const LAUNCHER = path.resolve(import.meta.dirname, '../../../bin/nines.cjs');

interface Ended {
  code: number | null;
  output: string;
}

function runDrill(
  args: readonly string[],
  onOutput: (output: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, [LAUNCHER, 'drill', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      onOutput(output, (signal) => child.kill(signal));
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

/** What a drill said it had started: processes by their pid, and the folder of its data. */
function leftBehind(output: string): string[] {
  const pids = [...output.matchAll(/process (\d+)/g)].map((match) => Number(match[1]));
  const folder = /data in (\S+)\)/.exec(output)?.[1] ?? '';
  return [...pids.filter((pid) => processState(pid) !== 'gone').map(String), ...(existsSync(folder) ? [folder] : [])];
}

describe('nines drill', () => {
  it('fails at the burn, and says why, when the broken release does not fail; nothing of it stays', { timeout: 150_000 }, async () => {
    const { code, output } = await runDrill(['--sabotage=shop', '--json']);
    expect(code, output).toBe(1);
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({
      ok: false,
      steps: [
        { name: 'deployed', ok: true },
        { name: 'burning', ok: false },
      ],
    });
    expect(output).toMatch(/burning +FAILED: none of checkout’s requests failed/);
    expect(output.match(/process \d+/g)).toHaveLength(2);
    expect(leftBehind(output)).toEqual([]);
  });

  it('ends what it started when it is interrupted', { timeout: 60_000 }, async () => {
    let sent = false;
    const { code, output } = await runDrill([], (soFar, kill) => {
      if (!sent && soFar.includes('deployed')) {
        sent = true;
        kill('SIGINT');
      }
    });
    expect(code, output).toBe(1);
    expect(output).toContain('the drill was interrupted');
    expect(leftBehind(output)).toEqual([]);
  });

  it('refuses a sabotage that it does not know', async () => {
    const { code, output } = await runDrill(['--sabotage=rain']);
    expect([code, output.trim()]).toEqual([2, 'nines: --sabotage: must be one of shop, smtp, oncall, gate, received "rain"']);
  });
});
