import { describe, expect, it } from 'vitest';
import { reshape } from '../create/draft.ts';
import { draftOf } from './draft-of.ts';
import { editedDefinition } from './edited.ts';

const counts = {
  service: 'checkout',
  name: 'Checkout availability',
  description: 'Orders come through.',
  rationale: '',
  onBreach: '',
  target: 0.9995,
  window: '30d',
  gaps: 'gap',
  alerting: { preset: 'default', mode: 'rate', groups: 'rollup', minBadCount: 5, alphaRatio: 0.01, exhausted: true, noDataAfter: '10m' },
  links: { runbook: 'https://a.example/r', dashboard: 'https://a.example/d' },
  labels: { team: 'shop' },
  indicator: { kind: 'counts', sli: 'availability', specification: '', groupBy: [] },
};
const otlp = {
  ...counts,
  window: { calendar: 'month', timeZone: 'Europe/Berlin' },
  indicator: {
    kind: 'otlp',
    sli: 'latency',
    specification: 'Fast answers.',
    measuredAt: 'server',
    groupBy: ['region'],
    metric: 'http.server.request.duration',
    valid: [{ attribute: 'service.name', op: '=', value: 'checkout' }],
    good: [{ attribute: 'status', op: '!~', value: '5..' }],
    threshold: 0.3,
    slices: { length: '5m', when: 'ratio_at_least', threshold: 0.95 },
  },
};
const promql = {
  ...counts,
  alerting: {
    preset: 'none',
    mode: 'budget_share',
    pairs: [{ severity: 'ticket', long: '1h', short: '5m', factor: 2 }],
    noDataAfter: null,
  },
  indicator: { kind: 'promql', sli: 'availability', source: 'main', badRatio: 'avg(down)', groupBy: [] },
};
const gauge = {
  ...counts,
  indicator: {
    kind: 'otlp',
    sli: 'freshness',
    metric: 'age',
    valid: [],
    good: [{ attribute: 'a', op: '=', value: ' "kept" ' }],
    groupBy: [],
    slices: { length: '1m', when: 'value_at_most', threshold: 60 },
  },
};
const rate = {
  ...counts,
  indicator: {
    kind: 'prometheus',
    sli: 'throughput',
    source: 'main',
    valid: 'jobs_total',
    slices: { length: '1m', when: 'rate_at_least', threshold: 0.5 },
  },
};

describe('an edit', () => {
  it.each([
    ['pushed counts', counts],
    ['OpenTelemetry', otlp],
    ['PromQL', promql],
    ['a gauge', gauge],
    ['a rate', rate],
  ])('of nothing gives back the definition of %s as it was', (_name, definition) => {
    expect(editedDefinition(definition, draftOf(definition))).toEqual(definition);
  });

  it('of a name and a target leaves everything else, shown or not', () => {
    const draft = { ...draftOf(otlp), name: 'Checkout speed', target: '99,9' };
    expect(editedDefinition(otlp, draft)).toEqual({ ...otlp, name: 'Checkout speed', target: 0.999 });
  });

  it('of the alerting keeps the settings that the form has no field for', () => {
    const draft = { ...draftOf(counts), mode: 'budget_share' as const, noDataAfter: '' };
    expect(editedDefinition(counts, draft).alerting).toEqual({ ...counts.alerting, mode: 'budget_share', noDataAfter: null });
  });

  it('keeps pairs of its own until a preset is chosen, which then is said', () => {
    const draft = draftOf(promql);
    expect(draft.preset).toBe('own');
    expect(editedDefinition(promql, { ...draft, gaps: 'bad' }).alerting).toEqual(promql.alerting);
    expect(editedDefinition(promql, { ...draft, preset: 'default' }).alerting).toEqual({
      preset: 'default',
      mode: 'budget_share',
      noDataAfter: null,
    });
  });

  it('takes away what was emptied, and keeps its neighbours', () => {
    const edited = editedDefinition(otlp, { ...draftOf(otlp), runbook: '', sliced: false, groupBy: '' });
    expect(edited.links).toEqual({ dashboard: 'https://a.example/d' });
    expect(edited.indicator).not.toHaveProperty('slices');
    expect(edited.indicator).not.toHaveProperty('groupBy');
    expect(edited.indicator.specification).toBe('Fast answers.');
  });

  it('of the source begins the indicator anew, with the words that were said of it', () => {
    const draft = { ...reshape(draftOf(otlp), { source: 'counts' }), sliced: false };
    expect(editedDefinition(otlp, draft).indicator).toEqual({
      kind: 'counts',
      sli: 'latency',
      specification: 'Fast answers.',
      measuredAt: 'server',
      groupBy: ['region'],
    });
  });

  it('moves from a calendar to a rolling window and back', () => {
    const draft = draftOf(otlp);
    const rolling = editedDefinition(otlp, { ...draft, window: { ...draft.window, kind: 'rolling', rolling: '28d' } });
    expect(rolling.window).toBe('28d');
    expect(editedDefinition({ ...rolling }, { ...draftOf({ ...rolling }), window: draft.window }).window).toEqual(otlp.window);
  });
});
