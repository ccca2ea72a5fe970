import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const READY_MS = 30_000;

/** A server of the outside world in a process of its own, whose folder goes with it. */
export interface ServerOptions {
  program: string;
  args: readonly string[];
  folder: string;
  /** Answers well once it is ready. */
  readyUrl: string;
}

/** Starts it and waits until it is ready; returns what ends it and removes what it wrote. */
export async function startServer({ program, args, folder, readyUrl }: ServerOptions): Promise<() => Promise<void>> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let isAlive = true;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      isAlive = false;
      resolve();
    };
    child.once('exit', end);
    child.once('error', (error) => {
      output += error.message;
      end();
    });
  });
  const stop = async (): Promise<void> => {
    if (isAlive) child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + READY_MS;
  while (!(await isWell(readyUrl))) {
    if (!isAlive || Date.now() > deadline) {
      await stop();
      throw new Error(`${program} did not become ready: ${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return stop;
}

async function isWell(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );
}
