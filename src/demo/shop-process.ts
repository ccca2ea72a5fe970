import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AppError } from '#kernel/errors.ts';
import type { Deployment } from './shop/control.ts';
import { SHOP_SERVICES } from './shop/telemetry.ts';

const Announcement = z.object({ pid: z.number(), shopUrl: z.string(), controlUrl: z.string() });
const ShopState = z.object({ pid: z.number(), version: z.string(), behaviour: z.enum(['good', 'broken']) });
export type ShopState = z.output<typeof ShopState>;
const ShopCounts = z.record(z.enum(SHOP_SERVICES), z.array(z.object({ at: z.number(), good: z.number(), valid: z.number() })));
export type ShopCounts = z.output<typeof ShopCounts>;

/** The shop's process, as its operators see it. */
export interface ShopProcess {
  readonly pid: number;
  running(): boolean;
  /** Undefined when it does not answer. */
  state(): Promise<ShopState | undefined>;
  counts(): Promise<ShopCounts | undefined>;
  /** Throws `unavailable` when the shop is gone or its pipeline cannot reach Nines. */
  deploy(deployment: Deployment): Promise<void>;
  stop(): Promise<void>;
}

export interface ShopOptions {
  /** Where Nines runs. */
  url: string;
  apiKey: string;
  /** Called when it ends without having been stopped. */
  onExit: () => void;
}

const SCRIPT = path.resolve(import.meta.dirname, 'shop.ts');
const STOP_MS = 4000;
const TIMEOUT_MS = 15_000;

/** Starts the shop in a process of its own, which ends with ours. */
export async function startShop({ url, apiKey, onExit }: ShopOptions): Promise<ShopProcess> {
  const child = spawn(process.execPath, [SCRIPT], {
    env: { ...process.env, NINES_URL: url, NINES_API_KEY: apiKey },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let stopping = false;
  child.on('exit', () => {
    if (!stopping) onExit();
  });
  const { pid, controlUrl } = await announcementOf(child);
  const ask = async <S extends z.ZodType>(what: string, schema: S): Promise<z.output<S> | undefined> => {
    const answer = await fetch(`${controlUrl}${what}`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
    return answer?.ok === true ? schema.parse(await answer.json()) : undefined;
  };
  return {
    pid,
    running: () => isRunning(child),
    state: () => ask('/state', ShopState),
    counts: () => ask('/counts', ShopCounts),
    deploy: async (deployment) => {
      const answer = await fetch(`${controlUrl}/deploy`, {
        method: 'POST',
        body: JSON.stringify(deployment),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((cause: unknown) => {
        throw new AppError('unavailable', 'the shop does not answer; start the demo again', { cause });
      });
      if (!answer.ok) throw new AppError('unavailable', `the shop could not deploy ${deployment.version}: ${await answer.text()}`);
    },
    stop: async () => {
      stopping = true;
      await stopChild(child);
    },
  };
}

async function announcementOf(child: ChildProcess): Promise<z.output<typeof Announcement>> {
  if (child.stdout === null) throw new AppError('internal', 'the shop has no output');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  if (!isRunning(child)) throw new AppError('unavailable', `the shop could not start (exit code ${child.exitCode ?? ''})`);
  return Announcement.parse(JSON.parse(String(first[0])));
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(timer);
}
