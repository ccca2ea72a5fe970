import { isDeepStrictEqual } from 'node:util';
import { AppError, type FieldProblem } from '#kernel/errors.ts';
import { DAY_MS, type Instant, iso, plus, SECOND_MS } from '#kernel/instant.ts';
import { CELL_MS, groupKeyOf, lockIndicators, readWhole, type SeriesWrite, spreadOver, writeTold } from '#modules/signals/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import { tryVersion, type Version } from './book.ts';
import { findVersions, loadObjective } from './store.ts';

export interface PushedBucket {
  at: Instant;
  seconds: number;
  good: number;
  valid: number;
  group?: Record<string, string> | undefined;
}

const FUTURE_MS = 60 * SECOND_MS;
const OLDEST_MS = 400 * DAY_MS;

/**
 * Stores pushed counts, which for an objective fed otherwise are its history. A bucket replaces what its time counted
 * before, so sending it again changes nothing; the future is refused. Counts of groups add up to those of all,
 * which are not pushed beside them; what was pushed for all of them at once, before there were groups, they replace.
 */
export async function pushCounts(ctx: VerbContext, { slug, buckets }: { slug: string; buckets: readonly PushedBucket[] }) {
  const objective = await loadObjective(ctx.tx, slug);
  const numbers = [...new Set([objective.governing, objective.version])];
  const rows = await findVersions(
    ctx.tx,
    numbers.map((number) => ({ objectiveId: objective.id, number })),
  );
  const versions = rows.flatMap((row) => tryVersion(row) ?? []);
  refuseRead(slug, versions);
  const latest = versions.find((version) => version.number === objective.version) ?? versions[0];
  if (latest === undefined) throw new AppError('conflict', `${slug} was written by a newer Nines; this one cannot read what it counts`);
  const { groupBy } = latest.definition.indicator;
  refuse(problemsOf(ctx, buckets, groupBy));
  const writes = writesOf(buckets, groupBy);
  // Whoever tells minutes tells no more often than every minute.
  const intervalMs = Math.min(...buckets.map(({ seconds }) => seconds * SECOND_MS));
  await lockIndicators(
    ctx.tx,
    versions.map(({ indicatorId }) => indicatorId),
  );
  await writeTold(ctx, { indicator: countedOf(latest), writes, intervalMs });
  // While one version waits and another judges, both count. Who counts by other groups is told what all come to.
  for (const version of versions) {
    if (version.indicatorId === latest.indicatorId) continue;
    const isAlike = isDeepStrictEqual(version.definition.indicator.groupBy, groupBy);
    const whole = async () => [{ group: '', cells: await readWhole(ctx.tx, { indicator: countedOf(latest), writes }) }];
    await writeTold(ctx, { indicator: countedOf(version), writes: isAlike ? writes : await whole(), intervalMs });
  }
  return { accepted: buckets.length };
}

function countedOf({ indicatorId: id, definition }: Version) {
  return { id, slices: definition.indicator.slices };
}

/** Counts that are read from a source are added to what stands there: pushed ones beside them would count twice. */
function refuseRead(slug: string, versions: readonly Version[]): void {
  const read = versions.find(({ definition: { indicator } }) => indicator.kind === 'prometheus' || indicator.kind === 'promql');
  if (read !== undefined)
    throw new AppError('conflict', `the counts of ${slug} are read from a source, past and present; none can be pushed beside them`);
}

/** What one request may tell: the cells of 100 days. */
const MOST_CELLS = (100 * DAY_MS) / CELL_MS;

function writesOf(buckets: readonly PushedBucket[], groupBy: readonly string[]): SeriesWrite[] {
  const grouped = Map.groupBy(buckets, (bucket) => (bucket.group === undefined ? '' : groupKeyOf(groupBy, bucket.group)));
  const writes = [...grouped].map(([group, own]) => ({
    group,
    cells: own.flatMap((bucket) =>
      spreadOver(bucket.at, plus(bucket.at, bucket.seconds * SECOND_MS), { good: bucket.good, bad: bucket.valid - bucket.good }),
    ),
  }));
  return writes;
}

type Find = (bucket: PushedBucket) => { name: string; message: string; received: string } | null;

function problemsOf(ctx: VerbContext, buckets: readonly PushedBucket[], groupBy: readonly string[]): FieldProblem[] {
  const finders: Find[] = [
    ({ at, seconds }) =>
      plus(at, seconds * SECOND_MS) > ctx.now + FUTURE_MS
        ? { name: 'at', message: 'the bucket ends in the future', received: iso(at) }
        : null,
    ({ at }) => (at < ctx.now - OLDEST_MS ? { name: 'at', message: 'lies more than 400 days back', received: iso(at) } : null),
    ({ at }) => (at % CELL_MS !== 0 ? { name: 'at', message: 'must be a multiple of 10 s', received: iso(at) } : null),
    ({ seconds }) =>
      (seconds * SECOND_MS) % CELL_MS !== 0 ? { name: 'seconds', message: 'must be a multiple of 10', received: String(seconds) } : null,
    ({ group }) => groupProblem(group, groupBy),
  ];
  const found = buckets.flatMap((bucket, i) =>
    finders.flatMap((find) => {
      const problem = find(bucket);
      return problem === null ? [] : [{ path: `body.buckets[${i}].${problem.name}`, message: problem.message, received: problem.received }];
    }),
  );
  const cells = buckets.reduce((sum, bucket) => sum + (bucket.seconds * SECOND_MS) / CELL_MS, 0);
  const tooMuch =
    cells > MOST_CELLS
      ? [
          {
            path: 'body.buckets',
            message: 'must cover at most 100 days in all; send several requests',
            received: `${buckets.length} buckets`,
          },
        ]
      : [];
  return [...found, ...overlaps(buckets), ...tooMuch].slice(0, 20);
}

function groupProblem(group: Record<string, string> | undefined, groupBy: readonly string[]): ReturnType<Find> {
  const given = Object.keys(group ?? {});
  if (groupBy.length === 0)
    return group === undefined ? null : { name: 'group', message: 'the objective is not grouped', received: given.join(', ') };
  const isWhole = given.length === groupBy.length && groupBy.every((label) => group?.[label] !== undefined);
  return isWhole ? null : { name: 'group', message: `must hold exactly ${groupBy.join(', ')}`, received: given.join(', ') || 'nothing' };
}

/** Buckets of one request and group that begin apart and cover the same time would replace parts of each other. The same start replaces whole. */
function overlaps(buckets: readonly PushedBucket[]): FieldProblem[] {
  const all = buckets.map((bucket, i) => ({ ...bucket, i, of: JSON.stringify(bucket.group ?? '') }));
  const ordered = all.sort((a, b) => (a.of < b.of ? -1 : a.of > b.of ? 1 : a.at - b.at || a.i - b.i));
  return ordered.flatMap((bucket, k) => {
    const next = ordered[k + 1];
    if (next === undefined || next.of !== bucket.of || next.at === bucket.at) return [];
    if (plus(bucket.at, bucket.seconds * SECOND_MS) <= next.at) return [];
    const message = `lies within the bucket of ${bucket.seconds} s that begins at ${iso(bucket.at)}`;
    return [{ path: `body.buckets[${next.i}].at`, message, received: iso(next.at) }];
  });
}

function refuse(fields: FieldProblem[]): void {
  const [first] = fields;
  if (first === undefined) return;
  throw new AppError('invalid_input', `${first.path}: ${first.message}, received ${first.received ?? ''}`, { fields });
}
