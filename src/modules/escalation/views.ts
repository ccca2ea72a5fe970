import { sql } from 'kysely';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso, isoOrNull, plus, SECOND_MS } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { timelineView } from '#modules/alerts/index.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import { listDeliveriesAbout } from '#modules/notify/index.ts';
import { listSchedules } from '#modules/oncall/index.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { contract, PageDetailView, PageView, PolicyView } from './contract.ts';
import type { PageRow } from './store/page.ts';
import type { PolicyRow } from './store/policy.ts';
import { peopleByStep } from './targets.ts';

type AlertPart = PageView['alert'];

interface ViewRow extends PageRow {
  policySlug: string | null;
  alertNumber: number;
  alertSummary: string;
  alertSeverity: AlertPart['severity'];
  alertSource: string;
  alertKey: string;
  alertResolvedAt: Instant | null;
  alertAcknowledgedAt: Instant | null;
  serviceSlug: string | null;
  serviceName: string | null;
}

function pages(db: Db) {
  return db
    .selectFrom('page')
    .innerJoin('alert', 'alert.id', 'page.alertId')
    .leftJoin('service', 'service.id', 'alert.serviceId')
    .leftJoin('policy', 'policy.id', 'page.policyId')
    .selectAll('page')
    .select([
      'policy.slug as policySlug',
      'alert.number as alertNumber',
      'alert.summary as alertSummary',
      'alert.severity as alertSeverity',
      'alert.source as alertSource',
      'alert.dedupKey as alertKey',
      'alert.resolvedAt as alertResolvedAt',
      'alert.acknowledgedAt as alertAcknowledgedAt',
      'service.slug as serviceSlug',
      'service.name as serviceName',
    ]);
}

export interface PageFilter {
  limit: number;
  after?: string | undefined;
  state: 'open' | 'all';
  alert?: Id<'alr'> | undefined;
}

export async function listPages(db: Db, filter: PageFilter): Promise<Output<typeof contract.listPages>> {
  const [openedAt, id] = keysetAfter(filter.after, 2);
  let query = pages(db)
    .orderBy('page.openedAt', 'desc')
    .orderBy('page.id', 'desc')
    .limit(filter.limit + 1);
  if (filter.state === 'open') query = query.where('page.state', 'in', ['open', 'exhausted']);
  if (filter.alert !== undefined) query = query.where('page.alertId', '=', filter.alert);
  if (openedAt !== undefined) query = query.where(sql<boolean>`(page.opened_at, page.id) < (${openedAt}::timestamptz, ${id})`);
  const rows = (await query.execute()) as unknown as ViewRow[];
  const names = await namesOf(db, rows);
  return keysetPage(
    rows,
    filter.limit,
    (row) => [iso(row.openedAt), row.id],
    (row) => pageView(row, names),
  );
}

export async function getPage(db: Db, id: string, now: Instant): Promise<PageDetailView> {
  const row = (await pages(db).where('page.id', '=', id).executeTakeFirst()) as unknown as ViewRow | undefined;
  if (row === undefined) throw new AppError('not_found', `there is no page ${id}`);
  const timeline = await db.selectFrom('pageEvent').selectAll().where('pageId', '=', id).orderBy('id').limit(1000).execute();
  const ladder = await ladderOf(db, row, now);
  const names = await namesOf(
    db,
    [row],
    ladder.flatMap((step) => step.people.map((person) => person.id)),
  );
  return {
    ...pageView(row, names),
    timeline: timeline.map(timelineView),
    ladder: ladder.map((step) => ({
      ...step,
      people: step.people.map((person) => ({ id: person.id, name: names.get(person.id) ?? person.id })),
    })),
    deliveries: await listDeliveriesAbout(db, id),
  };
}

export async function requirePage(db: Db, id: string): Promise<void> {
  if ((await db.selectFrom('page').select('id').where('id', '=', id).executeTakeFirst()) === undefined)
    throw new AppError('not_found', `there is no page ${id}`);
}

function pageView(row: ViewRow, names: ReadonlyMap<string, string>): PageView {
  return {
    id: row.id,
    alert: {
      id: row.alertId,
      number: row.alertNumber,
      summary: row.alertSummary,
      severity: row.alertSeverity,
      source: row.alertSource,
      key: row.alertKey,
      state: row.alertResolvedAt !== null ? 'resolved' : row.alertAcknowledgedAt !== null ? 'acknowledged' : 'open',
      service: row.serviceSlug === null ? null : { slug: row.serviceSlug, name: row.serviceName ?? row.serviceSlug },
    },
    policy: row.policySlug,
    state: row.state,
    step: row.step,
    round: row.round,
    paged: row.paged.map((entry) => ({
      person: { id: entry.personId, name: names.get(entry.personId) ?? entry.personId },
      via: entry.via,
      at: iso(entry.at),
    })),
    nextAt: isoOrNull(row.nextAt),
    openedAt: iso(row.openedAt),
    acknowledgedAt: isoOrNull(row.acknowledgedAt),
    acknowledgedBy: row.acknowledgedBy?.name ?? null,
    endedAt: isoOrNull(row.endedAt),
    because: row.because,
  };
}

async function namesOf(db: Db, rows: readonly ViewRow[], more: readonly string[] = []): Promise<Map<string, string>> {
  const ids = new Set([...rows.flatMap((row) => row.paged.map((entry) => entry.personId as string)), ...more]);
  return new Map((await listPeopleByIds(db, [...ids] as Id<'per'>[])).map((person) => [person.id, person.name]));
}

/** The steps of this round: when each began, or would begin if nobody acknowledges. */
async function ladderOf(db: Db, row: ViewRow, now: Instant): Promise<PageDetailView['ladder']> {
  const people = await peopleByStep(db, row.steps, now);
  let nextAt = row.nextAt;
  return row.steps.map((step, index) => {
    const begun = row.paged.filter((entry) => entry.step === index && entry.round === row.round && entry.via !== 'fallback contact');
    const isPast = index < row.step || (index === row.step && row.state !== 'open');
    const waits = row.state === 'open' && index > row.step;
    const at = begun[0]?.at ?? (waits ? nextAt : null);
    if (waits && nextAt !== null) nextAt = plus(nextAt, step.delaySeconds * SECOND_MS);
    const reached =
      begun.length > 0 ? begun.map((entry) => entry.personId as string) : (people[index] ?? []).map((person) => person.personId);
    return {
      step: index,
      people: reached.map((id) => ({ id, name: id })),
      targets: step.targets.map((target) => (target.kind === 'schedule' ? target.slug : target.personId)),
      at: isoOrNull(at),
      state: isPast
        ? begun.length > 0
          ? ('done' as const)
          : ('skipped' as const)
        : index === row.step && begun.length > 0
          ? ('current' as const)
          : ('waiting' as const),
    };
  });
}

export async function listPolicies(db: Db): Promise<{ items: PolicyView[] }> {
  const rows = (await db.selectFrom('policy').selectAll().orderBy('slug').limit(500).execute()) as unknown as PolicyRow[];
  const services = await db
    .selectFrom('policyService')
    .innerJoin('service', 'service.id', 'policyService.serviceId')
    .select(['policyId', 'slug'])
    .orderBy('slug')
    .execute();
  const targets = rows.flatMap((row) => row.steps.flatMap((step) => step.targets));
  const schedules = new Map((await listSchedules(db)).map((schedule) => [schedule.slug, schedule.name]));
  const people = await listPeopleByIds(
    db,
    targets.flatMap((target) => (target.kind === 'person' ? [target.personId] : [])),
  );
  const items = rows.map((row) => ({
    id: row.id,
    slug: row.slug,
    name: row.name,
    isDefault: row.isDefault,
    steps: row.steps.map((step) => ({
      delaySeconds: step.delaySeconds,
      targets: step.targets.map((target) =>
        target.kind === 'schedule'
          ? { kind: target.kind, ref: target.slug, name: schedules.get(target.slug) ?? target.slug }
          : {
              kind: target.kind,
              ref: target.personId,
              name: people.find((person) => person.id === target.personId)?.name ?? target.personId,
            },
      ),
    })),
    repeats: row.repeats,
    services: services.filter((service) => service.policyId === row.id).map((service) => service.slug),
    version: row.version,
  }));
  return { items };
}
