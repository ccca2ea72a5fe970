import { AppError } from '#kernel/errors.ts';
import { floorTo, SECOND_MS } from '#kernel/instant.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/verb.ts';
import type { SourceTest } from '../contract.ts';
import type { ConnectSource } from '../port.ts';
import { checkPromql } from './selector.ts';
import { connectionOf, loadSource } from './store.ts';

/** Asks a source once, as a poll would, and says what came of it. Keeps nothing. */
export async function testSource(
  { db, clock, connectSource }: { db: Db; clock: Clock; connectSource: ConnectSource },
  { slug, query }: { slug: string; query: string },
): Promise<SourceTest> {
  const source = await loadSource(db, slug);
  const checked = checkPromql(query);
  if (!checked.ok) {
    const fields = [{ path: 'body.query', message: checked.because.text, received: query.slice(0, 200) }];
    throw new AppError('invalid_input', `body.query: ${checked.because.text}`, { fields });
  }
  const begunAt = clock.now();
  const at = floorTo(begunAt, SECOND_MS);
  const read = await connectSource(connectionOf(source)).readRange(query, { from: at, to: at, stepMs: SECOND_MS });
  const tookMs = clock.now() - begunAt;
  if (read.kind === 'failed')
    return { ok: false, series: 0, samples: null, tookMs, warnings: [], failure: { code: read.code, reason: read.reason } };
  const { series, samples, warnings } = read;
  return { ok: true, series: series.length, samples, tookMs, warnings: [...warnings], failure: null };
}
