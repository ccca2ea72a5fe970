import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Installation, startInstallation } from '#app/start.ts';
import { loadSettings } from '#platform/config.ts';
import { freePort } from '#testing/process/nines.ts';

/** Prints one figure. */
export type Print = (name: string, value: number, unit: string) => void;

export const API_KEY = 'bench-key-that-is-long-enough-for-a-key';

/** A whole installation in this process, on a folder of its own, with fsync on. */
export async function withInstallation(work: (installation: Installation) => Promise<void>): Promise<void> {
  const data = mkdtempSync(path.join(tmpdir(), 'nines-bench-'));
  const { settings } = loadSettings({ port: String(await freePort()), data, bootstrapApiKey: API_KEY, logLevel: 'error' }, {});
  const installation = await startInstallation(settings, () => undefined);
  try {
    await work(installation);
  } finally {
    await installation.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
