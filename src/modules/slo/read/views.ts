import { DAY_MS, HOUR_MS, type Instant, iso, isoOrNull, MINUTE_MS, plus } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { Objective, ObjectiveBook } from '../book.ts';
import type { contract } from '../contract.ts';
import { type CorrectionRow, listCorrections } from '../corrections/correction-store.ts';
import { computeBudget } from '../core/budget/budget.ts';
import { windowBurn } from '../core/burn/burn.ts';
import { countsBefore, countsOf } from '../core/counts/counts.ts';
import { CorrectionRule } from '../core/counts/corrections.ts';
import { asOf } from '../core/evaluate.ts';
import type { CorrectionView } from '../core/views.ts';
import { periodAt } from '../core/window.ts';
import { groupLabels } from './groups.ts';
import { listGroups, listVersions, loadObjective } from '../store.ts';

export async function versionsView(db: Db, slug: string): Promise<Output<typeof contract.listVersions>> {
  const objective = await loadObjective(db, slug);
  const rows = await listVersions(db, objective.id);
  return {
    items: rows.map((row) => ({
      number: row.number,
      definition: row.definition as Record<string, unknown>,
      createdAt: iso(row.createdAt),
      createdBy: row.createdBy.name,
      governsSince: isoOrNull(row.governsSince),
      isGoverning: row.number === objective.governing,
    })),
  };
}

export async function correctionsView(db: Db, slug: string): Promise<Output<typeof contract.listCorrections>> {
  const objective = await loadObjective(db, slug);
  const rows = await listCorrections(db, objective.id);
  return { items: rows.toReversed().map(correctionView) };
}

export function correctionView(row: CorrectionRow): CorrectionView {
  const read = CorrectionRule.safeParse(row.rule);
  const rule = read.success ? read.data : null;
  return {
    id: row.id,
    state: row.state,
    kind: rule?.kind ?? 'unknown',
    from: isoOrNull(rule?.from ?? null),
    to: isoOrNull(rule?.to ?? null),
    rrule: rule?.rrule ?? null,
    timeZone: rule?.timeZone ?? 'UTC',
    good: rule?.good ?? null,
    valid: rule?.valid ?? null,
    reason: row.reason,
    source: row.source,
    version: row.version,
    createdAt: iso(row.createdAt),
    createdBy: row.createdBy.name,
    decidedAt: isoOrNull(row.decidedAt),
    decidedBy: row.decidedBy?.name ?? null,
  };
}

/** Groups worst first: an order of this moment, so the cursor is the last key shown, found again in it. */
export async function groupsView(
  db: Db,
  book: ObjectiveBook,
  objective: Objective,
  { now, limit, after }: { now: Instant; limit: number; after?: string | undefined },
): Promise<Output<typeof contract.listGroups>> {
  const version = objective.current;
  const terms = book.groupTerms(version);
  const evaluations = new Map((await listGroups(db, objective.id)).map((row) => [row.groupKey, row.evaluation]));
  // As far as news have come, which is not known before memory is up to date.
  await book.history.refresh(db);
  const at = asOf(book.counts(objective), now, terms.intervalMs);
  const period = periodAt(terms.window, at);
  const instants = [at, period.from, plus(at, -HOUR_MS), plus(at, -5 * MINUTE_MS), plus(at, -DAY_MS)];
  await book.ready(db, [objective], now, { groups: 'all', instants });
  const rows = book.history.groups(version.indicatorId).map((key) => {
    const source = book.counts(objective, version, key);
    const rate = (windowMs: number): number => windowBurn(countsBefore(source, at, windowMs), terms.target, terms.gaps).rate;
    const counts = countsOf(source, period.from, at);
    const budget = computeBudget({ counts, target: terms.target, periodMs: period.to - period.from, gaps: terms.gaps });
    const evaluation = evaluations.get(key);
    return {
      key,
      labels: groupLabels(version.definition.indicator.groupBy, key),
      remainingRatio: budget.remainingRatio,
      badCount: budget.badCount,
      validCount: budget.validCount,
      coverageRatio: budget.coverageRatio,
      burn1h: rate(HOUR_MS),
      burn5m: rate(5 * MINUTE_MS),
      page: evaluation?.page ?? null,
      ticket: evaluation?.ticket ?? false,
    };
  });
  const ranked = rows.sort((a, b) => (a.remainingRatio ?? 2) - (b.remainingRatio ?? 2) || (a.key < b.key ? -1 : 1));
  const [last] = keysetAfter(after, 1);
  const rest = last === undefined ? ranked : ranked.slice(ranked.findIndex(({ key }) => key === last) + 1);
  return keysetPage(
    rest.slice(0, limit + 1),
    limit,
    ({ key }) => [key],
    (row) => row,
  );
}
