import { because } from '#kernel/errors.ts';
import { DAY_MS, HOUR_MS, parseDuration } from '#kernel/instant.ts';
import { scrapeMsOf } from '../book.ts';
import { LABEL_LIMIT } from '../core/definition.ts';
import { mapAlerting } from './import-alerting.ts';
import { type Draft, mapIndicator } from './import-indicator.ts';
import { type Bundle, claimHeader, claimSlug, claimText, follow, OWN_PREFIX, parsedAnnotation } from './bundle.ts';
import { canonicalDefinition, type DefinitionInput, freeSlug, type ObjectiveDocument, ratioOfPercent, slugOf } from './definition.ts';
import { at, entries, items, numberAt, type Place, problem, scalarText, textAt } from './documents.ts';
import { pathText, refusedBecause } from './report.ts';

/** The objectives of one SLO document: one for each of its objectives, each with an indicator of its own if it has one. */
export function mapSlo(place: Place, bundle: Bundle): ObjectiveDocument[] {
  const { ledger, problems } = bundle;
  const before = problems.length;
  const objectives = items(at(place, 'spec', 'objectives'));
  if (objectives.length === 0) problems.push(problem(at(place, 'spec', 'objectives'), 'must hold at least one objective'));
  const imported = objectives.flatMap((objective) => {
    const slug = claimSlugs(place, objective, bundle);
    const told = problems.length;
    const definition = mapObjective(place, objective, `objectives.${slug}`, bundle);
    if (definition !== null) return [{ slug, definition }];
    const why = refusedBecause(problems.slice(told));
    bundle.refused.set(slug, why);
    ledger.drop(objective.path, why);
    return [];
  });
  if (imported.length === 0) ledger.drop(place.path, refusedBecause(problems.slice(before)));
  return imported;
}

function mapObjective(place: Place, objective: Place, to: string, bundle: Bundle): DefinitionInput | null {
  const { ledger } = bundle;
  const spec = at(place, 'spec');
  const before = bundle.problems.length;
  const indicator = mapItsIndicator(place, objective, to, bundle);
  const draft: Draft = {
    service: claimSlug(at(spec, 'service'), `${to}.service`, bundle),
    name: mapName(place, objective, to, bundle),
    description: claimText(at(spec, 'description'), `${to}.description`, 2000, bundle),
    target: mapTarget(objective, to, bundle),
    window: mapWindow(spec, to, bundle),
    labels: mapLabels(at(place, 'metadata'), to, bundle),
    indicator,
  };
  const facts = { target: draft['target'], scrapeMs: scrapeMsOf(indicator ?? {}) };
  draft['alerting'] = mapAlerting(items(at(spec, 'alertPolicies')), facts, to, bundle);
  ledger.drop(
    at(objective, 'compositeWeight').path,
    because('composite', 'each objective of a composite stands alone; there is no weighted sum of budgets'),
  );
  overlay(at(place, 'metadata', 'annotations'), draft, to, bundle);
  if (indicator === null || bundle.problems.length > before) return null;
  const read = canonicalDefinition(Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)));
  if ('definition' in read) return read.definition;
  for (const { path, ...rest } of read.problems) {
    const source = sourceOf(to, path, bundle) ?? pathText(objective.path);
    bundle.problems.push({ ...rest, path: source, message: `${path} ${rest.message}` });
  }
  return null;
}

/** Where a field of ours came from, or the nearest field around it. */
function sourceOf(to: string, field: string, { ledger }: Bundle): string | undefined {
  for (let inner = field; inner !== ''; inner = inner.replace(/(^|\.|\[)[^.[]*$/, '')) {
    const source = ledger.sourceOf(`${to}.${inner}`);
    if (source !== undefined) return source;
  }
  return undefined;
}

/** The document's name; with the objective's, or its number, where there are several. */
function claimSlugs(place: Place, objective: Place, bundle: Bundle): string {
  const name = at(place, 'metadata', 'name');
  const kept = parsedAnnotation(at(place, 'metadata', 'annotations', `${OWN_PREFIX}slug`));
  const given = textAt(name) ?? '';
  const isOneOfMany = items(at(place, 'spec', 'objectives')).length > 1;
  const suffix = slugOf(textAt(at(objective, 'displayName')) ?? '') || String(Number(objective.path.at(-1)) + 1);
  const base = typeof kept === 'string' ? kept : given;
  const slug = freeSlug(slugOf(isOneOfMany ? `${base.slice(0, 63 - suffix.length)}-${suffix}` : base), bundle.takenSlugs);
  const to = `objectives.${slug}`;
  claimHeader(place, to, bundle);
  if (slug !== base) bundle.ledger.change(name.path, to, because('renamed', `the objective is named ${slug}`));
  return slug;
}

function mapName(place: Place, objective: Place, to: string, bundle: Bundle): string | undefined {
  const outer = at(place, 'metadata', 'displayName');
  const inner = at(objective, 'displayName');
  if (items(at(place, 'spec', 'objectives')).length === 1) {
    const named = textAt(outer) === undefined ? inner : outer;
    return claimText(named, `${to}.name`, 120, bundle)?.trim() || undefined;
  }
  const own = textAt(inner);
  if (own === undefined) return claimText(outer, `${to}.name`, 120, bundle)?.trim() || undefined;
  const base = textAt(outer) ?? textAt(at(place, 'metadata', 'name')) ?? '';
  for (const part of [outer, inner])
    bundle.ledger.change(part.path, `${to}.name`, because('joined', 'the name is that of the document and that of the objective'));
  return `${base}: ${own}`.slice(0, 120);
}

function mapItsIndicator(place: Place, objective: Place, to: string, bundle: Bundle): Draft | null {
  const holder = [objective, at(place, 'spec')].find(
    (one) => at(one, 'indicator').value !== undefined || at(one, 'indicatorRef').value !== undefined,
  );
  if (holder === undefined) {
    bundle.problems.push(problem(at(place, 'spec', 'indicator'), 'must be given, or indicatorRef'));
    return null;
  }
  const inline = at(holder, 'indicator');
  const sli = inline.value === undefined ? follow('SLI', at(holder, 'indicatorRef'), `${to}.indicator`, bundle) : inline;
  if (sli === null) return null;
  claimHeader(sli, `${to}.indicator`, bundle);
  return mapIndicator(sli, { objective, method: at(place, 'spec', 'budgetingMethod') }, `${to}.indicator`, bundle);
}

function mapTarget(objective: Place, to: string, bundle: Bundle): number | undefined {
  const ratio = at(objective, 'target');
  const given = ratio.value === undefined ? at(objective, 'targetPercent') : ratio;
  const number = numberAt(given);
  if (number === undefined) {
    bundle.problems.push(problem(given.value === undefined ? ratio : given, 'must be a number, as target or targetPercent'));
    return undefined;
  }
  if (typeof given.value === 'string')
    bundle.ledger.change(given.path, `${to}.target`, because('read_as_number', 'it was written as text'));
  else bundle.ledger.map(given.path, `${to}.target`);
  return given === ratio ? number : ratioOfPercent(number);
}

const DAYS: Record<string, number> = { M: 30, Q: 90, Y: 365 };
const CALENDAR: Record<string, string> = {
  '1w': 'week',
  '7d': 'week',
  '1M': 'month',
  '1Q': 'quarter',
  '3M': 'quarter',
  '1Y': 'year',
  '12M': 'year',
};

function mapWindow(spec: Place, to: string, bundle: Bundle): unknown {
  const { ledger } = bundle;
  const window = at(spec, 'timeWindow', 0);
  const duration = at(window, 'duration');
  const text = textAt(duration);
  if (window.value === undefined) return undefined;
  ledger.map(at(window, 'isRolling').path, `${to}.window`);
  if (text === undefined) {
    bundle.problems.push(problem(duration, 'must be a duration, as 30d'));
    return undefined;
  }
  if (at(window, 'calendar').value !== undefined) return mapCalendar(window, text, to, bundle);
  const days = DAYS[text.slice(-1)];
  const length = days === undefined ? text : `${Number(text.slice(0, -1)) * days}d`;
  const lengthMs = parseDuration(length);
  if (lengthMs === undefined || lengthMs < HOUR_MS || lengthMs > 366 * DAY_MS) {
    bundle.problems.push(problem(duration, 'must be a length from 1h to 366d, as 30d'));
    return undefined;
  }
  if (days === undefined) {
    ledger.map(duration.path, `${to}.window`);
    return text;
  }
  ledger.change(duration.path, `${to}.window`, because('nominal_length', `a rolling window has one length: ${length}`, { length }));
  return length;
}

function mapCalendar(window: Place, text: string, to: string, bundle: Bundle): unknown {
  const unit = CALENDAR[text];
  if (unit === undefined) {
    const message = 'must be a calendar week, month, quarter or year (1w, 1M, 1Q, 1Y): Nines knows no other periods';
    bundle.problems.push(problem(at(window, 'duration'), message));
    return undefined;
  }
  const start = at(window, 'calendar', 'startTime');
  const zone = at(window, 'calendar', 'timeZone');
  bundle.ledger.map(at(window, 'duration').path, `${to}.window.calendar`);
  bundle.ledger.map(zone.path, `${to}.window.timeZone`);
  if (isBoundary(textAt(start) ?? '', unit)) bundle.ledger.map(start.path, `${to}.window.calendar`);
  else bundle.ledger.change(start.path, `${to}.window.calendar`, because('own_boundary', `a ${unit} begins where the calendar has it`));
  return { calendar: unit, ...(zone.value === undefined ? {} : { timeZone: zone.value }) };
}

function isBoundary(start: string, unit: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2}) 00:00:00$/.exec(start);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  // The first of January 1970 was a Thursday, the fourth day of its week.
  if (unit === 'week') return (((Date.UTC(year, month - 1, day) / DAY_MS + 3) % 7) + 7) % 7 === 0;
  const months: Record<string, number> = { month: 1, quarter: 3, year: 12 };
  return day === 1 && (month - 1) % (months[unit] ?? 1) === 0;
}

/** Labels, and annotations of others, where their names and values fit; labels come first. */
function mapLabels(metadata: Place, to: string, { ledger }: Bundle): Record<string, string> {
  const labels: Record<string, string> = {};
  const annotations = entries(at(metadata, 'annotations')).filter(([key]) => !key.startsWith(OWN_PREFIX));
  for (const [key, place] of [...entries(at(metadata, 'labels')), ...annotations]) {
    const value = scalarText(place.value);
    const fits = value !== undefined && /^[a-zA-Z][a-zA-Z0-9_./-]{0,62}$/.test(key) && value.length <= 200 && !Object.hasOwn(labels, key);
    if (!fits || Object.keys(labels).length >= LABEL_LIMIT) {
      const text = `a label's name begins with a letter and has at most 63 characters, its value 200; there are at most ${LABEL_LIMIT}, each once`;
      ledger.drop(place.path, because('does_not_fit', text));
      continue;
    }
    labels[key] = value;
    if (typeof place.value === 'string') ledger.map(place.path, `${to}.labels`);
    else ledger.change(place.path, `${to}.labels`, because('joined', `a label's value is one text: ${value}`));
  }
  return labels;
}

const OWN_FIELDS = new Set([
  'name',
  'description',
  'service',
  'target',
  'window',
  'rationale',
  'onBreach',
  'gaps',
  'alerting',
  'policy',
  'links',
]);

/** What Nines wrote into annotations takes the place of what the document says. A null takes a field away. */
function overlay(annotations: Place, draft: Draft, to: string, bundle: Bundle): void {
  for (const [key, place] of entries(annotations)) {
    if (!key.startsWith(OWN_PREFIX)) continue;
    const field = key.slice(OWN_PREFIX.length);
    const [outer = '', inner] = field.split('.');
    const isKnown = field === 'slug' || field === 'labels' || OWN_FIELDS.has(field) || (outer === 'indicator' && inner !== undefined);
    if (!isKnown) continue;
    const value = parsedAnnotation(place);
    if (value === undefined) {
      bundle.problems.push(problem(place, `must be JSON, as Nines writes it`));
      continue;
    }
    bundle.ledger.map(place.path, `${to}.${field}`);
    if (field === 'slug') continue;
    if (field === 'labels') draft['labels'] = { ...(draft['labels'] as object), ...(value as object) };
    else if (inner === undefined) draft[outer] = value ?? undefined;
    else draft['indicator'] = { ...(draft['indicator'] as object | null), [inner]: value ?? undefined };
  }
}
