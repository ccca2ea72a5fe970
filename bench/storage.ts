import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { system } from '#kernel/actor.ts';
import type { Id } from '#kernel/ids.ts';
import { createIndicator } from '#modules/signals/index.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { openDatabase } from '#platform/db/database.ts';
import { startEmbedded } from '#platform/db/embedded.ts';
import { migrate } from '#platform/db/migrate.ts';
import { randomIds } from '#platform/ids.ts';
import { createTransactor, type Transactor } from '#platform/verb.ts';

export const BENCH = system('bench');

/** A database of Nines' own, with fsync on, and nothing that works on it but the bench. */
export async function withStorage(
  work: (transactor: Transactor, folder: string) => Promise<void>,
  clock: Clock = systemClock(),
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-bench-'));
  const embedded = await startEmbedded(folder);
  const ids = randomIds(clock);
  const database = await openDatabase({ connection: embedded.connection, applicationName: 'bench' });
  try {
    await migrate(database.pool, path.resolve(import.meta.dirname, '../migrations'), clock.now());
    await work(createTransactor({ db: database.kysely, clock, ids, fanout: () => [] }), folder);
  } finally {
    await database.close();
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function newIndicator(transactor: Transactor): Promise<Id<'ind'>> {
  return transactor.transact(BENCH, (ctx) => createIndicator(ctx, { kind: 'counts', sli: 'availability', specification: '', groupBy: [] }));
}
