import { because, type FieldProblem } from '#kernel/errors.ts';
import { agedBy, countsOfWindow, isSelector, selectionOf, usesWindow } from '../rules/promql.ts';
import { type Bundle, claimSlug, claimText } from './bundle.ts';
import { slugOf } from './definition.ts';
import { at, entries, numberAt, type Place, problem, textAt } from './documents.ts';
import type { Loss } from './report.ts';

/** The metricSource type under which Nines writes indicators that OpenSLO has no words for: its spec is the indicator. */
export const OWN_TYPE = 'nines';

const PROMETHEUS = new Set(['prometheus', 'thanos', 'mimir', 'cortex', 'victoriametrics', 'amazonprometheus']);
const QUERY_KEYS = ['query', 'promql', 'expr'] as const;

/** What the objective and its document say of how the indicator counts. */
export interface Terms {
  objective: Place;
  method: Place;
}

export type Draft = Record<string, unknown>;

interface Metric {
  place: Place;
  type: string | undefined;
  isPrometheus: boolean;
  query: { text: string; place: Place } | undefined;
}

/** Our indicator for an SLI, `{ metadata, spec }`; null with a problem where it says nothing that can be counted. */
export function mapIndicator(sli: Place, terms: Terms, to: string, bundle: Bundle): Draft | null {
  const spec = at(sli, 'spec');
  const specification = claimText(at(spec, 'description'), `${to}.specification`, 1000, bundle);
  const ratio = at(spec, 'ratioMetric');
  const threshold = at(spec, 'thresholdMetric');
  if (ratio.value === undefined && threshold.value === undefined) {
    bundle.problems.push(problem(spec, 'must hold ratioMetric or thresholdMetric'));
    return null;
  }
  const draft = ratio.value === undefined ? mapThreshold(threshold, terms, to, bundle) : mapRatio(ratio, terms, to, bundle);
  if (draft === null || specification === undefined) return draft;
  const said = [specification, draft['specification']].filter((one) => typeof one === 'string');
  return { ...draft, specification: said.join('; ').slice(0, 1000) };
}

function mapRatio(ratio: Place, terms: Terms, to: string, bundle: Bundle): Draft | null {
  const { ledger } = bundle;
  ledger.map(at(ratio, 'counter').path, `${to}.kind`);
  if (at(ratio, 'raw').value !== undefined) return mapRaw(ratio, terms, to, bundle);
  const [total, good, bad] = [at(ratio, 'total'), at(ratio, 'good'), at(ratio, 'bad')];
  if (total.value === undefined) return refuse(problem(total, 'must be given beside good or bad: a share is one of all events'), bundle);
  if (good.value === undefined && bad.value === undefined) return refuse(problem(good, 'must be given beside total, or bad'), bundle);
  const counted = good.value === undefined ? 'bad' : 'good';
  if (counted === 'good') ledger.drop(bad.path, because('not_expressible', 'it follows from good and total'));
  const valid = readMetric(total, bundle);
  const other = readMetric(at(ratio, counted), bundle);
  const slices = mapRatioSlices(terms, to, bundle);
  const foreign = [valid, other].filter((metric) => !metric.isPrometheus);
  if (foreign.length > 0) return { ...pushed([valid, other], to, bundle), ...slices };
  if (valid.query === undefined || other.query === undefined) {
    for (const metric of [valid, other]) missingQuery(metric, bundle);
    return null;
  }
  const source = claimSource([valid, other], to, bundle);
  const queries = { valid: valid.query, [counted]: other.query };
  const isCounter = at(ratio, 'counter').value !== false;
  const selections = Object.entries(queries).map(([key, query]) => ({ key, query, selection: selectionOf(query.text) }));
  if (selections.every(({ selection }) => selection !== null && (isCounter || selection.form === 'rate'))) {
    const fields = selections.map(({ key, query, selection }) => {
      if (selection?.form === 'bare') ledger.map(query.place.path, `${to}.${key}`);
      else ledger.change(query.place.path, `${to}.${key}`, COUNTER_ITSELF);
      return [key, selection?.selector];
    });
    return { kind: 'prometheus', source, ...Object.fromEntries(fields), ...slices };
  }
  const fields = Object.entries(queries).map(([key, query]) => [key, claimCounts(query, isCounter, `${to}.${key}`, bundle)]);
  return { kind: 'promql', source, ...Object.fromEntries(fields), ...slices };
}

export const COUNTER_ITSELF = because(
  'counter_read_itself',
  'Nines reads the counter itself and sums what each series gained, so no rate is needed',
);

/** A query of counts, as one that counts the events of each step. */
function claimCounts(query: { text: string; place: Place }, isCounter: boolean, to: string, { ledger }: Bundle): string {
  const found = selectionOf(query.text);
  const selection = isCounter || found?.form === 'rate' ? found : null;
  const counted = selection === null ? countsOfWindow(query.text) : `sum(increase(${selection.selector}[$window]))`;
  if (counted === query.text || (counted === null && usesWindow(query.text))) {
    ledger.map(query.place.path, to);
    return query.text;
  }
  const why: Loss =
    counted === null
      ? because('evaluated_as_written', 'it is evaluated once a step as it stands, and its value taken for a count of events')
      : because('counts_of_each_step', 'each step counts its own events, so the range is the step and a rate is an increase');
  ledger.change(query.place.path, to, why);
  return counted ?? query.text;
}

function mapRaw(ratio: Place, terms: Terms, to: string, bundle: Bundle): Draft | null {
  const { ledger } = bundle;
  const raw = readMetric(at(ratio, 'raw'), bundle);
  const field = at(ratio, 'rawType').value === 'failure' ? 'badRatio' : 'goodRatio';
  ledger.map(at(ratio, 'rawType').path, `${to}.${raw.type === OWN_TYPE ? 'kind' : field}`);
  if (raw.type === OWN_TYPE) return mapOwn(raw, terms, to, bundle);
  const isSliced = terms.method.value === 'Timeslices';
  const slices = isSliced ? mapRatioSlices(terms, to, bundle) : {};
  if (!raw.isPrometheus) return { ...pushed([raw], to, bundle), ...slices };
  if (raw.query === undefined) return missingQuery(raw, bundle);
  const source = claimSource([raw], to, bundle);
  ledger.map(raw.query.place.path, `${to}.${field}`);
  if (terms.method.value === 'RatioTimeslices') {
    ledger.map(terms.method.path, `${to}.${field}`);
    const length = at(terms.objective, 'timeSliceWindow');
    if (length.value === '1m') ledger.map(length.path, `${to}.${field}`);
    else
      ledger.change(
        length.path,
        `${to}.${field}`,
        because('time_weighted', 'the ratio is read once a step of our own, every step weighing the same'),
      );
  } else if (!isSliced) {
    ledger.change(
      terms.method.path,
      `${to}.${field}`,
      because('time_weighted', 'a ratio says nothing of how many events it stands for: every step weighs the same'),
    );
  }
  return { kind: 'promql', source, [field]: raw.query.text, ...slices };
}

/** An indicator that Nines wrote itself. */
function mapOwn(raw: Metric, terms: Terms, to: string, bundle: Bundle): Draft {
  const spec = at(raw.place, 'metricSource', 'spec');
  for (const [key, field] of entries(spec)) bundle.ledger.map(field.path, `${to}.${key}`);
  bundle.ledger.map(at(raw.place, 'metricSource', 'type').path, `${to}.kind`);
  const slices = mapRatioSlices(terms, to, bundle);
  return { ...slices, ...Object.fromEntries(entries(spec).map(([key, field]) => [key, field.value])) };
}

/** Slices for a ratio, as the budgeting method has them; by events otherwise. */
function mapRatioSlices(terms: Terms, to: string, { ledger }: Bundle): Draft {
  const { objective, method } = terms;
  const length = at(objective, 'timeSliceWindow');
  const share = at(objective, 'timeSliceTarget');
  if (method.value === 'Timeslices') {
    ledger.map(method.path, `${to}.slices`);
    ledger.map(length.path, `${to}.slices.length`);
    ledger.map(share.path, `${to}.slices.threshold`);
    return {
      slices: { ...(length.value === undefined ? {} : { length: length.value }), when: 'ratio_at_least', threshold: numberAt(share) },
    };
  }
  if (method.value === 'RatioTimeslices') {
    const why = because(
      'ratio_not_event_weighted',
      'events are counted: a mean of the slices’ ratios would let a quiet slice weigh as much as a busy one',
    );
    ledger.change(method.path, to, why);
    ledger.drop(length.path, why);
  } else ledger.map(method.path, to);
  return {};
}

const OPERATORS: Record<string, { when: string; isStrict: boolean }> = {
  lte: { when: 'value_at_most', isStrict: false },
  lt: { when: 'value_at_most', isStrict: true },
  gte: { when: 'value_at_least', isStrict: false },
  gt: { when: 'value_at_least', isStrict: true },
};

function mapThreshold(threshold: Place, terms: Terms, to: string, bundle: Bundle): Draft | null {
  const { ledger } = bundle;
  const metric = readMetric(threshold, bundle);
  const op = at(terms.objective, 'op');
  const value = at(terms.objective, 'value');
  const condition = OPERATORS[textAt(op) ?? ''];
  const bound = numberAt(value);
  if (condition === undefined) bundle.problems.push(problem(op, 'must be one of gt, lt, gte, lte for a thresholdMetric'));
  if (bound === undefined || bound < 0) bundle.problems.push(problem(value, 'must be a number from 0 up for a thresholdMetric'));
  if (condition === undefined || bound === undefined || bound < 0) return null;
  if (!metric.isPrometheus) {
    const why = because('not_expressible', 'pushed counts hold no value to compare: push a slice as 1 of 1 or 0 of 1');
    for (const place of [op, value]) ledger.change(place.path, `${to}.specification`, why);
    ledger.change(terms.method.path, `${to}.kind`, why);
    for (const key of ['timeSliceWindow', 'timeSliceTarget']) ledger.drop(at(terms.objective, key).path, why);
    const said = `${textAt(op)} ${bound}`;
    return { ...pushed([metric], to, bundle), specification: `good while the value is ${said}` };
  }
  if (metric.query === undefined) return missingQuery(metric, bundle);
  if (condition.isStrict) ledger.change(op.path, `${to}.slices.when`, because('equality', 'a value that equals the bound counts as good'));
  else ledger.map(op.path, `${to}.slices.when`);
  ledger.map(value.path, `${to}.slices.threshold`);
  const aged = condition.when === 'value_at_most' ? agedBy(metric.query.text) : null;
  const slices = { length: mapSliceLength(terms, to, bundle), when: aged === null ? condition.when : 'age_at_most', threshold: bound };
  const source = claimSource([metric], to, bundle);
  ledger.map(metric.query.place.path, `${to}.value`);
  const read = aged ?? { query: metric.query.text, isSelector: isSelector(metric.query.text) };
  return { kind: read.isSelector ? 'prometheus' : 'promql', source, value: read.query, slices };
}

function mapSliceLength(terms: Terms, to: string, { ledger }: Bundle): string {
  const { objective, method } = terms;
  const length = at(objective, 'timeSliceWindow');
  const share = at(objective, 'timeSliceTarget');
  const once = because('judged_in_slices', 'a gauge is judged once a slice, by its value at the end');
  if (method.value === 'Timeslices') ledger.map(method.path, `${to}.slices`);
  else ledger.change(method.path, `${to}.slices`, once);
  ledger.map(length.path, `${to}.slices.length`);
  if (numberAt(share) === 1) ledger.map(share.path, `${to}.slices`);
  else ledger.change(share.path, `${to}.slices`, once);
  return textAt(length) ?? '1m';
}

function readMetric(place: Place, { named }: Bundle): Metric {
  const metricSource = at(place, 'metricSource');
  const spec = at(metricSource, 'spec');
  const queryPlace = QUERY_KEYS.map((key) => at(spec, key)).find((one) => textAt(one) !== undefined);
  const referred = named.get(`DataSource/${textAt(at(metricSource, 'metricSourceRef')) ?? ''}`);
  const type = (textAt(at(metricSource, 'type')) ?? (referred && textAt(at(referred, 'spec', 'type'))))?.toLowerCase();
  // What names no type is of another system if it says something, and no query.
  const isForeign = entries(spec).length > 0 && QUERY_KEYS.every((key) => at(spec, key).value === undefined);
  const isPrometheus = type === undefined ? !isForeign : PROMETHEUS.has(type.replace(/[^a-z]/g, ''));
  const query = queryPlace && { text: textAt(queryPlace) ?? '', place: queryPlace };
  return { place, type, isPrometheus, query };
}

function refuse(found: FieldProblem, { problems }: Bundle): null {
  problems.push(found);
  return null;
}

function missingQuery(metric: Metric, bundle: Bundle): null {
  if (metric.query !== undefined) return null;
  return refuse(problem(at(metric.place, 'metricSource', 'spec'), 'must hold a PromQL query, as { query: … }'), bundle);
}

/** The source that the first metric names; a second one cannot be had in the same indicator. */
function claimSource(metrics: readonly Metric[], to: string, bundle: Bundle): string {
  const { ledger } = bundle;
  const references = metrics.map(({ place }) => at(place, 'metricSource', 'metricSourceRef'));
  const first = references.find((reference) => textAt(reference) !== undefined);
  const unnamed = because('source_assumed', `it names no source, so ${bundle.source} is assumed`);
  for (const [index, { place }] of metrics.entries()) {
    const type = at(place, 'metricSource', 'type').path;
    if (first === undefined) ledger.change(type, `${to}.source`, unnamed);
    else ledger.map(type, `${to}.kind`);
    const reference = references[index];
    if (reference === undefined || reference.value === undefined) continue;
    if (reference.value === first?.value) claimSlug(reference, `${to}.source`, bundle);
    else ledger.change(reference.path, `${to}.source`, because('not_expressible', 'an indicator reads one source: that of its total'));
  }
  return first === undefined ? bundle.source : slugOf(textAt(first) ?? '');
}

/** For data that Nines cannot query: counts that are pushed to it. */
function pushed(metrics: readonly Metric[], to: string, { ledger }: Bundle): Draft {
  const type = metrics.find((metric) => !metric.isPrometheus)?.type;
  const why = because(
    'source_not_supported',
    `Nines reads Prometheus-compatible sources, not ${type ?? 'this one'}: push its counts to the API instead`,
    { type: type ?? null },
  );
  for (const { place } of metrics) {
    const metricSource = at(place, 'metricSource');
    ledger.drop(at(metricSource, 'spec').path, why);
    ledger.drop(at(metricSource, 'metricSourceRef').path, why);
    ledger.change(at(metricSource, 'type').path, `${to}.kind`, why);
  }
  return { kind: 'counts' };
}
