import type { Id } from '#kernel/ids.ts';
import { type DurationMs, type Instant, iso, isoOrNull, SECOND_MS } from '#kernel/instant.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { SourceView } from '../contract.ts';
import type { ReadFailure } from '../core/connection/health.ts';
import { type Backfill, isOver, progressOf } from '../core/source/backfill.ts';
import { countReadings, findReading } from '../poll/store.ts';
import { loadSource, listSources as listRows, type SourceRow } from './store.ts';

/** What people decided of a source; of its secrets only that they are set. */
export function definitionView(row: SourceRow) {
  const { url: address, tenant, auth, tls } = row.connection;
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    address,
    tenant,
    headers: Object.keys(row.secret.headers).sort(),
    auth: { kind: auth.kind, user: auth.kind === 'basic' ? auth.user : null, isSecretSet: auth.kind !== 'none' },
    tls:
      tls === null
        ? null
        : {
            ca: tls.ca,
            cert: tls.cert,
            isKeySet: row.secret.key !== null,
            serverName: tls.serverName,
            insecureSkipVerify: tls.insecureSkipVerify,
          },
    lagSeconds: row.lagMs / SECOND_MS,
    timeoutSeconds: row.connection.timeoutMs / SECOND_MS,
    version: row.version,
    createdAt: iso(row.createdAt),
  };
}

interface Reads {
  indicators: number;
  /** Of the indicator that is read least far. */
  readUntil: Instant | null;
  backfilling: number;
}

function sourceView(row: SourceRow, reads: Reads | undefined, now: Instant): SourceView {
  const { indicators, readUntil, backfilling } = reads ?? { indicators: 0, readUntil: null, backfilling: 0 };
  return {
    ...definitionView(row),
    state: row.isDead ? 'dead' : row.failures > 0 ? 'failing' : row.lastReadAt !== null ? 'ok' : 'unread',
    lastReadAt: isoOrNull(row.lastReadAt),
    failingSince: isoOrNull(row.failingSince),
    failures: row.failures,
    lastFailure: failureView(row.lastFailure),
    indicators,
    backfilling,
    behindSeconds: readUntil === null ? null : Math.max(0, Math.round((now - readUntil) / SECOND_MS)),
  };
}

function failureView(failure: ReadFailure | null) {
  return failure === null ? null : { code: failure.code, reason: failure.reason, at: iso(failure.at) };
}

/** `inUse` are the indicators that somebody relies on. */
export async function getSource(db: Db, slug: string, now: Instant, inUse: readonly string[]): Promise<SourceView> {
  const row = await loadSource(db, slug);
  return sourceView(row, (await countReadings(db, inUse)).get(row.id), now);
}

export async function listSources(
  db: Db,
  { limit, after }: { limit: number; after?: string | undefined },
  now: Instant,
  inUse: readonly string[],
): Promise<{ items: SourceView[]; next: string | null }> {
  const [last] = keysetAfter(after, 1);
  const rows = await listRows(db, { limit: limit + 1, after: last });
  const reads = await countReadings(db, inUse);
  return keysetPage(
    rows,
    limit,
    (row) => [row.slug],
    (row) => sourceView(row, reads.get(row.id), now),
  );
}

/** Where sources are; nothing of how Nines lets itself in. */
export async function listSourceAddresses(db: Db, slugs: readonly string[]): Promise<{ slug: string; name: string; url: string }[]> {
  const rows = await listRows(db);
  return rows.filter((row) => slugs.includes(row.slug)).map(({ slug, name, connection }) => ({ slug, name, url: connection.url }));
}

/** How far an indicator has been read from its source. */
export interface ReadingView {
  source: string;
  readUntil: Instant | null;
  /** `progressRatio` 0–1 of what was asked for; `short`: the source holds nothing older than what was read. */
  backfill: Pick<Backfill, 'state' | 'from' | 'to'> & { progressRatio: number; isOver: boolean; observedFrom: Instant };
  lastFailure: ReadFailure | null;
  /** What the last reading said of itself: series that were left out, and why. */
  notes: readonly string[];
  lagMs: DurationMs;
}

/** Null for an indicator that is not read but pushed. */
export async function readingOf(db: Db, indicatorId: Id<'ind'>): Promise<ReadingView | null> {
  const row = await findReading(db, indicatorId);
  if (row === undefined) return null;
  const { backfill, source } = row;
  const newest = backfill.done.find(({ to }) => to === backfill.to);
  return {
    source: source.slug,
    lagMs: source.lagMs,
    readUntil: row.readUntil,
    backfill: {
      state: backfill.state,
      from: backfill.from,
      to: backfill.to,
      progressRatio: progressOf(backfill),
      isOver: isOver(backfill),
      observedFrom: newest?.from ?? backfill.to,
    },
    lastFailure: row.lastFailure ?? (isOver(backfill) && backfill.state !== 'failed' ? null : backfill.failure),
    notes: row.notes.map(({ text }) => text),
  };
}
