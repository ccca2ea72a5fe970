import type { api } from '../../../api/client.ts';
import { type GAPS, isTarget, type PRESETS } from '../backtest/terms.ts';
import { numberOf } from '../nines/nines.ts';
import { type PairDraft, pairProblems, pairsInput } from '../pairs/pair-draft.ts';
import { type WindowDraft, windowDraft, windowInput } from '../window-draft.ts';
import {
  type AlertGroups,
  type AlertMode,
  type Condition,
  conditionsOf,
  type MeasuredAt,
  needsSlices,
  type Shape,
  type Sli,
  type Source,
  usualShape,
} from './kinds.ts';

export type Definition = Parameters<typeof api.slo.previewObjective>[0]['body']['definition'];
type Indicator = Definition['indicator'];
type Alerting = NonNullable<Definition['alerting']>;

/** An objective as it stands in the form: texts as they are typed. */
export interface Draft {
  service: string;
  name: string;
  description: string;
  rationale: string;
  runbook: string;
  sli: Sli;
  source: Source;
  shape: Shape;
  /** Slug of the Prometheus that is read. */
  from: string;
  metric: string;
  valid: string;
  good: string;
  bad: string;
  histogram: string;
  value: string;
  ratio: string;
  threshold: string;
  sliced: boolean;
  slice: { length: string; when: Condition; threshold: string };
  groupBy: string;
  window: WindowDraft;
  target: string;
  specification: string;
  /** Empty where it is not said. */
  measuredAt: MeasuredAt | '';
  onBreach: string;
  gaps: (typeof GAPS)[number]['value'];
  /** `own` for pairs of its own. */
  preset: (typeof PRESETS)[number]['value'] | 'own';
  /** Kept while a preset is chosen, to come back to. */
  pairs: readonly PairDraft[];
  mode: AlertMode;
  groups: AlertGroups;
  /** Empty for no alert. */
  noDataAfter: string;
  /** Slug; empty for the one of the service. */
  policy: string;
}

const NO_DATA_AFTER = '10m';

export function emptyDraft(service: string): Draft {
  return {
    service,
    name: '',
    description: '',
    rationale: '',
    runbook: '',
    sli: 'availability',
    source: 'counts',
    shape: 'good',
    from: '',
    metric: '',
    valid: '',
    good: '',
    bad: '',
    histogram: '',
    value: '',
    ratio: '',
    threshold: '',
    sliced: false,
    slice: { length: '1m', when: 'ratio_at_least', threshold: '' },
    groupBy: '',
    window: windowDraft('30d'),
    target: '99.9',
    specification: '',
    measuredAt: '',
    onBreach: '',
    gaps: 'gap',
    preset: 'default',
    pairs: [],
    mode: 'rate',
    groups: 'rollup',
    noDataAfter: NO_DATA_AFTER,
    policy: '',
  };
}

/** Another measure or source: the shape that suits it, with a condition that goes with the shape. */
export function reshape(draft: Draft, change: Partial<Pick<Draft, 'sli' | 'source' | 'shape'>>): Draft {
  const next = { ...draft, ...change };
  const shape = change.shape ?? usualShape(next.sli, next.source);
  const conditions = conditionsOf(shape);
  const usual: Condition = next.sli === 'freshness' && shape === 'gauge' ? 'age_at_most' : (conditions[0]?.value ?? 'ratio_at_least');
  const when = conditions.some(({ value }) => value === draft.slice.when) && change.sli === undefined ? draft.slice.when : usual;
  return { ...next, shape, slice: { ...draft.slice, when } };
}

type Matcher = { attribute: string; op: '=' | '!=' | '=~' | '!~'; value: string };
const OPS = ['=~', '!~', '!=', '='] as const;

/** Conditions on attributes, one a line: `status !~ 5..`. Undefined where a line is none. */
export function parseMatchers(text: string): Matcher[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const matchers = lines.flatMap((line): Matcher[] => {
    const match = /^\s*([^\s=!~]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/.exec(line);
    const op = OPS.find((one) => one === match?.[2]);
    return match === null || op === undefined ? [] : [{ attribute: match[1] ?? '', op, value: (match[3] ?? '').replace(/^"(.*)"$/, '$1') }];
  });
  return matchers.length === lines.length ? matchers : undefined;
}

export interface DraftProblem {
  path: string;
  message: string;
}

/** What can be told before the server is asked: texts that are no numbers and no conditions. */
export function problemsOf(draft: Draft): DraftProblem[] {
  const problems: DraftProblem[] = [];
  if (!isTarget(draft.target)) problems.push({ path: 'target', message: 'must lie between 0 and 100 %: 100 % would leave no budget' });
  if (draft.source === 'otlp')
    for (const field of ['valid', 'good'] as const)
      if (parseMatchers(draft[field]) === undefined)
        problems.push({ path: `indicator.${field}`, message: 'must be one condition a line, as status !~ 5..' });
  if (draft.shape === 'histogram' && numberOf(draft.threshold) === undefined)
    problems.push({ path: 'indicator.threshold', message: 'must be a number in the unit of the metric' });
  if (isSliced(draft) && numberOf(draft.slice.threshold) === undefined)
    problems.push({ path: 'indicator.slices.threshold', message: 'must be a number' });
  if (draft.preset === 'own') problems.push(...pairProblems(draft.pairs));
  return problems;
}

export function isSliced(draft: Draft): boolean {
  return draft.sliced || needsSlices(draft.shape);
}

function written(text: string): string | undefined {
  return text.trim() === '' ? undefined : text.trim();
}

/** The definition that the form comes to; what is as usual stays unsaid. What is missing in it the server says. */
export function definitionOf(draft: Draft): Definition {
  const name = written(draft.name);
  const runbook = written(draft.runbook);
  const onBreach = written(draft.onBreach);
  const alerting = alertingOf(draft);
  return {
    service: draft.service,
    ...(name !== undefined && { name }),
    description: draft.description.trim(),
    rationale: draft.rationale.trim(),
    // A percentage to be read, a ratio to be counted with; rounded where binary fractions would show.
    target: Number(((numberOf(draft.target) ?? 0) / 100).toFixed(9)),
    window: windowInput(draft.window),
    ...(runbook !== undefined && { links: { runbook } }),
    ...(onBreach !== undefined && { onBreach }),
    ...(draft.gaps !== 'gap' && { gaps: draft.gaps }),
    ...(Object.keys(alerting).length > 0 && { alerting }),
    ...(draft.policy !== '' && { policy: draft.policy }),
    indicator: indicatorOf(draft),
  };
}

/** The definition for asking what else is wrong with it: a target that is none would keep the rest from being looked at. */
export function checkable(draft: Draft): Definition {
  return definitionOf(isTarget(draft.target) ? draft : { ...draft, target: emptyDraft(draft.service).target });
}

function alertingOf({ preset, pairs, mode, groups, noDataAfter }: Draft): Alerting {
  const isOwn = preset === 'own';
  return {
    ...(isOwn && pairs.length > 0 && { pairs: pairsInput(pairs) }),
    // Said even where it is the usual one, when it takes the place of pairs of one's own.
    ...(!isOwn && (preset !== 'default' || pairs.length > 0) && { preset }),
    ...(mode !== 'rate' && { mode }),
    ...(groups !== 'rollup' && { groups }),
    ...(noDataAfter.trim() !== NO_DATA_AFTER && { noDataAfter: written(noDataAfter) ?? null }),
  };
}

export function labelsOf(draft: Pick<Draft, 'groupBy'>): string[] {
  return draft.groupBy
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
}

function indicatorOf(draft: Draft): Indicator {
  const groupBy = labelsOf(draft);
  const specification = written(draft.specification);
  const { length, when, threshold } = draft.slice;
  const common = {
    sli: draft.sli,
    ...(specification !== undefined && { specification }),
    ...(draft.measuredAt !== '' && { measuredAt: draft.measuredAt }),
    ...(isSliced(draft) && { slices: { length: length.trim(), when, threshold: sliceThreshold(when, threshold) } }),
    ...(groupBy.length > 0 && { groupBy }),
  };
  switch (draft.source) {
    case 'counts':
      return { kind: 'counts', ...common };
    case 'otlp':
      return {
        kind: 'otlp',
        ...common,
        metric: draft.metric.trim(),
        valid: parseMatchers(draft.valid) ?? [],
        ...(needsSlices(draft.shape) ? {} : { good: parseMatchers(draft.good) ?? [] }),
        ...(draft.shape === 'histogram' && { threshold: numberOf(draft.threshold) ?? 0 }),
      };
    case 'prometheus':
    case 'promql':
      return { kind: draft.source, ...common, source: draft.from.trim(), ...queriesOf(draft) };
  }
}

/** A share is typed in percent, as targets are; the rest in its own unit. */
function sliceThreshold(when: Condition, text: string): number {
  const value = numberOf(text) ?? 0;
  return when === 'ratio_at_least' ? Number((value / 100).toFixed(9)) : value;
}

/** The queries that go with the shape; others may stand in the form from before, and stay out. */
function queriesOf(draft: Draft): Record<string, string | number> {
  const { shape } = draft;
  const names: Record<Shape, readonly ('valid' | 'good' | 'bad' | 'histogram' | 'value')[]> = {
    good: ['valid', 'good'],
    bad: ['valid', 'bad'],
    histogram: ['histogram'],
    gauge: ['value'],
    rate: ['valid'],
    goodRatio: [],
    badRatio: [],
  };
  const queries = names[shape].map((name) => [name, draft[name].trim()] as const).filter(([, query]) => query !== '');
  return {
    ...Object.fromEntries(queries),
    ...(shape === 'histogram' && { threshold: numberOf(draft.threshold) ?? 0 }),
    ...((shape === 'goodRatio' || shape === 'badRatio') && draft.ratio.trim() !== '' && { [shape]: draft.ratio.trim() }),
  };
}

/** Whether there is enough to look at the past with: pushed counts have none before they exist. */
export function canPreview(draft: Draft): boolean {
  if (draft.source !== 'prometheus' && draft.source !== 'promql') return false;
  if (draft.service === '' || draft.from.trim() === '' || problemsOf(draft).length > 0) return false;
  const needs: Record<Shape, readonly string[]> = {
    good: [draft.valid, draft.good],
    bad: [draft.valid, draft.bad],
    histogram: [draft.histogram],
    gauge: [draft.value],
    rate: [draft.valid],
    goodRatio: [draft.ratio],
    badRatio: [draft.ratio],
  };
  return needs[draft.shape].every((query) => query.trim() !== '');
}
