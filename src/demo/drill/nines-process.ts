import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { AppError } from '#kernel/errors.ts';

const MAIN = path.resolve(import.meta.dirname, '../../main.ts');
const READY_MS = 120_000;
const STOP_MS = 20_000;

export interface NinesProcess {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts `nines serve` in a process of its own, with nothing of our own settings; it ends with us. */
export async function startNines(folder: string, settings: Record<string, string>, signal: AbortSignal): Promise<NinesProcess> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('NINES_') && name !== 'DATABASE_URL');
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--data', path.join(folder, 'data')], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-20_000);
    });
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
  };
  const addressOf = async (): Promise<string> => {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const ready = /Nines is ready at (\S+)/.exec(output);
      if (ready?.[1] !== undefined) return ready[1];
      if (child.exitCode !== null) throw new AppError('unavailable', `nines serve ended with ${child.exitCode}: ${output.trim()}`);
      if (signal.aborted || Date.now() > deadline) throw new AppError('unavailable', `nines serve was not ready: ${output.trim()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  try {
    return { url: await addressOf(), pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
