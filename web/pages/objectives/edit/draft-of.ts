import { GAPS, PRESETS } from '../backtest/terms.ts';
import { type Draft, emptyDraft } from '../create/draft.ts';
import { ALERT_GROUPS, ALERT_MODES, CONDITIONS, MEASURED_AT, type Shape, SLIS, type Source, SOURCES } from '../create/kinds.ts';
import { pairDrafts } from '../pairs/pair-draft.ts';
import { windowDraft } from '../window-draft.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function oneOf<T extends string>(options: readonly { value: T }[], value: unknown): T | undefined {
  return options.find((option) => option.value === value)?.value;
}

/** A ratio as it is typed: 0.9995 is `99.95`. */
function percentText(value: unknown): string {
  return typeof value === 'number' ? String(Number((value * 100).toFixed(7))) : '';
}

/** A definition, as people write it, in the form. What the form has no field for is not in the draft. */
export function draftOf(definition: Fields): Draft {
  const indicator = fieldsOf(definition['indicator']);
  const usual = emptyDraft(textOf(definition['service']));
  return {
    ...usual,
    name: textOf(definition['name']),
    description: textOf(definition['description']),
    rationale: textOf(definition['rationale']),
    runbook: textOf(fieldsOf(definition['links'])['runbook']),
    onBreach: textOf(definition['onBreach']),
    target: percentText(definition['target']),
    window: windowDraft(definition['window']),
    gaps: oneOf(GAPS, definition['gaps']) ?? usual.gaps,
    policy: textOf(definition['policy']),
    ...alertingDraft(fieldsOf(definition['alerting']), usual),
    ...indicatorDraft(indicator, usual),
  };
}

type AlertingDraft = Pick<Draft, 'preset' | 'pairs' | 'mode' | 'groups' | 'noDataAfter'>;

function alertingDraft(alerting: Fields, usual: Draft): AlertingDraft {
  const after = alerting['noDataAfter'];
  const hasPairs = Array.isArray(alerting['pairs']);
  return {
    preset: hasPairs ? 'own' : (oneOf(PRESETS, alerting['preset']) ?? usual.preset),
    pairs: pairDrafts(alerting['pairs']),
    mode: oneOf(ALERT_MODES, alerting['mode']) ?? usual.mode,
    groups: oneOf(ALERT_GROUPS, alerting['groups']) ?? usual.groups,
    noDataAfter: after === undefined ? usual.noDataAfter : textOf(after),
  };
}

function indicatorDraft(indicator: Fields, usual: Draft): Partial<Draft> {
  const source = oneOf(SOURCES, indicator['kind']) ?? 'counts';
  const slices = fieldsOf(indicator['slices']);
  const when = oneOf(CONDITIONS, slices['when']) ?? usual.slice.when;
  const isShare = when === 'ratio_at_least';
  const query = (name: string) => (source === 'otlp' ? matchersText(indicator[name]) : textOf(indicator[name]));
  return {
    sli: oneOf(SLIS, indicator['sli']) ?? usual.sli,
    source,
    shape: shapeOf(source, indicator),
    specification: textOf(indicator['specification']),
    measuredAt: oneOf(MEASURED_AT, indicator['measuredAt']) ?? '',
    from: textOf(indicator['source']),
    metric: textOf(indicator['metric']),
    valid: query('valid'),
    good: query('good'),
    bad: textOf(indicator['bad']),
    histogram: textOf(indicator['histogram']),
    value: textOf(indicator['value']),
    ratio: textOf(indicator['goodRatio'] ?? indicator['badRatio']),
    threshold: textOf(indicator['threshold']),
    sliced: isFields(indicator['slices']),
    slice: {
      length: textOf(slices['length']) || usual.slice.length,
      when,
      threshold: isShare ? percentText(slices['threshold']) : textOf(slices['threshold']),
    },
    groupBy: Array.isArray(indicator['groupBy']) ? indicator['groupBy'].join(', ') : '',
  };
}

/** How good and bad are told apart, as the fields that are given show. */
function shapeOf(source: Source, indicator: Fields): Shape {
  const when = fieldsOf(indicator['slices'])['when'];
  if (when === 'value_at_most' || when === 'value_at_least' || when === 'age_at_most') return 'gauge';
  const has = (name: string) => indicator[name] !== undefined;
  if (source === 'otlp' && has('threshold')) return 'histogram';
  if (when === 'rate_at_least') return 'rate';
  if (has('histogram')) return 'histogram';
  if (has('goodRatio')) return 'goodRatio';
  if (has('badRatio')) return 'badRatio';
  return has('bad') ? 'bad' : 'good';
}

function matchersText(value: unknown): string {
  if (!Array.isArray(value)) return '';
  return value.map((one) => ['attribute', 'op', 'value'].map((part) => textOf(fieldsOf(one)[part])).join(' ')).join('\n');
}
