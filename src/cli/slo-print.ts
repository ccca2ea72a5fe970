import type { contracts } from '#contracts';
import type { Output } from '#kernel/operation.ts';
import { counted } from './print.ts';
import type { FiledDocument } from './slo-files.ts';

type Answer<K extends keyof typeof contracts.slo> = Output<(typeof contracts.slo)[K]>;
type Problem = Answer<'planObjectives'>['problems'][number];
type Entry = Answer<'planObjectives'>['entries'][number];

function percent(ratio: number | null): string {
  return ratio === null ? 'no data' : `${(Math.floor(ratio * 1000) / 10).toFixed(1)} %`;
}

function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

export function printList({ items, next }: Answer<'listObjectives'>, service?: string): void {
  if (items.length === 0 && service !== undefined) return console.log(`There is no objective of ${service} yet.`);
  if (items.length === 0) {
    console.log('There is no objective yet. nines slo apply <file> makes some; nines slo import reads OpenSLO and Sloth.');
    return;
  }
  const burn = (item: (typeof items)[number], window: string): string =>
    `${(item.burn.find((one) => one.window === window)?.rate ?? 0).toFixed(1)}×`;
  table([
    ['objective', 'left', 'level', 'state', '1 h', '6 h', 'target', 'window'],
    ...items.map((item) => [
      item.slug,
      percent(item.budget.remainingRatio),
      item.level,
      item.state,
      burn(item, '1h'),
      burn(item, '6h'),
      String(item.target),
      // Without its time zone, which `nines slo show` tells: eight columns shall fit a terminal.
      item.window.split(' ')[0] ?? '',
    ]),
  ]);
  if (next !== null) console.log('… more: --limit shows up to 500');
}

export function printObjective(objective: Answer<'getObjective'>): void {
  const { budget, budgetMinutes, governing } = objective;
  console.log(`${objective.name} (${objective.slug}, ${objective.service.slug}): ${objective.target} over ${objective.window}`);
  console.log(`  ${percent(budget.remainingRatio)} left: ${budget.because.text}`);
  const left = budgetMinutes.remaining === null ? 'unknown' : budgetMinutes.remaining.toFixed(1);
  console.log(`  ${left} of ${budgetMinutes.whole.toFixed(1)} min of full outage left, of ${objective.period.text}`);
  if (objective.asCounted !== null) console.log(`  as counted, without corrections: ${percent(objective.asCounted.remainingRatio)}`);
  console.log(`  ${objective.level}: ${objective.levelBecause.text}`);
  if (objective.review !== null) console.log(`  ${objective.review.because.code}: ${objective.review.because.text}`);
  console.log(`  ${objective.state}: ${objective.stateBecause.text}`);
  console.log(`  forecast: ${objective.forecast.because.text}`);
  for (const pair of objective.pairs) console.log(`  ${pair.severity} ${pair.long}/${pair.short} ${pair.factor}×: ${pair.because.text}`);
  for (const pair of objective.leftOut) console.log(`  left out ${pair.severity} ${pair.long}/${pair.short}: ${pair.because.text}`);
  if (governing.pending !== null) console.log(`  version ${governing.pending.version} waits: ${governing.pending.because.text}`);
}

export function printExplained({ slug, group, version, asOf, notes, figures }: Answer<'explainObjective'>): void {
  const labels = Object.entries(group).map(([label, value]) => ` ${label}=${JSON.stringify(value)}`);
  console.log(`${slug}${labels.join('')}, version ${version}, as of ${asOf}`);
  for (const note of notes) console.log(`${note.code}: ${note.text}`);
  printFigures(figures);
}

function printFigures(figures: Answer<'explainObjective'>['figures']): void {
  for (const { label, value, formula, from, to, counts, coverageRatio, because, promql } of figures) {
    console.log(`${label}: ${value ?? 'not known'}  (${formula})`);
    console.log(`  ${from} – ${to}: ${counts.bad} bad, ${counts.good} good, ${(coverageRatio * 100).toFixed(1)} % observed`);
    if (because !== null) console.log(`  ${because.text}`);
    if (promql !== null) console.log(`  PromQL: ${promql}`);
  }
}

/** Of a past that was lived again: what it achieved, and what was left at its end. */
const TOLD_OF_PAST = ['past.sli', 'budget.remaining'];

export function printProblems(problems: readonly Problem[], documents: readonly FiledDocument[]): void {
  for (const { slug, path, message, received } of problems) {
    const files = new Set(documents.filter((document) => document.slug === slug).map((document) => document.file));
    console.error(`${[...files].join(', ')}: ${slug}: ${path}: ${message}${received === undefined ? '' : `, received ${received}`}`);
  }
}

const SIGNS = { create: '+', change: '~', delete: '-', unchanged: '=' } as const;

export function printPlan(entries: readonly Entry[]): void {
  for (const entry of entries) {
    const waits = entry.action === 'change' && !entry.keepsCounts ? '  (counts anew: the old version judges until these can tell)' : '';
    console.log(`${SIGNS[entry.action]} ${entry.slug}${waits}`);
    for (const change of entry.changes)
      console.log(`    ${change.path}: ${JSON.stringify(change.before)} → ${JSON.stringify(change.after)}`);
  }
  const count = (action: Entry['action']): number => entries.filter((entry) => entry.action === action).length;
  const deleted = count('delete') === 0 ? '' : `, ${count('delete')} to delete`;
  console.log(`${count('create')} to create, ${count('change')} to change${deleted}, ${count('unchanged')} unchanged`);
}

export function printImport({ documents, report, problems, sources }: Answer<'importObjectives'>): void {
  for (const one of report.changed) console.error(`changed ${one.path} → ${one.to}: ${one.because.text}`);
  for (const one of report.dropped) console.error(`dropped ${one.path}: ${one.because.text}`);
  for (const one of problems)
    console.error(`problem ${one.path}: ${one.message}${one.received === undefined ? '' : `, received ${one.received}`}`);
  for (const source of sources)
    console.error(
      `source ${source.slug}: define it with nines sources apply ${source.slug} --name ${source.slug} --address ${source.url ?? '<url>'}`,
    );
  const { mapped, changed, dropped } = report;
  console.error(
    `${counted(documents.length, 'objective')}; of ${counted(mapped.length + changed.length + dropped.length, 'line')} ${mapped.length} mapped, ${changed.length} changed, ${dropped.length} dropped`,
  );
}

/** What creates each service that an import names and that is not there. */
export function printMissing(services: readonly { slug: string; name: string }[]): void {
  for (const { slug, name } of services) {
    const quoted = `'${name.replaceAll("'", `'\\''`)}'`;
    console.error(`service ${slug}: create it with nines services apply ${slug} --name ${quoted} --tier <1-4> --owner <team>`);
  }
}

export function printBacktest(result: Answer<'testObjective'>): void {
  for (const turn of result.turns)
    console.log(`${turn.at}  ${turn.slot.padEnd(9)} ${turn.status.padEnd(8)} ${turn.severity.padEnd(8)} ${turn.because.text}`);
  for (const level of result.levels) console.log(`${level.at}  level     ${level.from} → ${level.to}`);
  const { counts, recommendation } = result;
  console.log(
    `${result.from} – ${result.to}: ${counted(result.pages, 'page')}, ${counted(result.tickets, 'ticket')}, ${counts.bad} bad of ${counts.valid}`,
  );
  printFigures(result.figures.filter(({ figure }) => TOLD_OF_PAST.includes(figure)));
  if (recommendation.target !== null) console.log(`recommended target ${recommendation.target}: ${recommendation.because.text}`);
}
