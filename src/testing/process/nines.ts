import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';

const LAUNCHER = path.resolve(import.meta.dirname, '../../../bin/nines.cjs');

/** A Nines in a process of its own. */
export interface NinesProcess {
  child: ChildProcess;
  url: string;
  /** Kills it without warning and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop and waits. */
  stop(): Promise<number | null>;
  output(): string;
}

/** Starts `nines serve` and waits until it answers. What it prints is kept for the message of a failure. */
export async function startNines(options: { data: string; port: number; env?: Record<string, string> }): Promise<NinesProcess> {
  const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
    env: { ...process.env, NINES_PORT: String(options.port), NINES_DATA: options.data, NINES_LOG_LEVEL: 'error', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', () => {
      if (output.includes('Nines is ready at')) resolve();
    });
  });
  const died = exited.then((code) => {
    throw new Error(`nines serve ended with ${code}:\n${output}`);
  });
  died.catch(() => undefined);
  await Promise.race([ready, died]);
  return {
    child,
    url: `http://127.0.0.1:${options.port}`,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
    output: () => output,
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
