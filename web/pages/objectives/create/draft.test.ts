import { describe, expect, it } from 'vitest';
import { canPreview, checkable, definitionOf, emptyDraft, parseMatchers, problemsOf, reshape } from './draft.ts';
import { SLIS, SOURCES, shapesOf, usualShape } from './kinds.ts';

const draft = { ...emptyDraft('checkout'), name: ' Checkout availability ' };

describe('a new objective as it is typed', () => {
  it('comes to pushed counts, rolling, with its target as a ratio', () => {
    expect(definitionOf(draft)).toEqual({
      service: 'checkout',
      name: 'Checkout availability',
      description: '',
      rationale: '',
      target: 0.999,
      window: '30d',
      indicator: { kind: 'counts', sli: 'availability' },
    });
  });

  it('reads Prometheus selectors of the shape chosen, and leaves out those of another', () => {
    const typed = { ...reshape(draft, { source: 'prometheus' }), from: 'main', valid: 'http_total', good: 'http_ok', bad: 'http_bad' };
    expect(definitionOf(typed).indicator).toEqual({
      kind: 'prometheus',
      sli: 'availability',
      source: 'main',
      valid: 'http_total',
      good: 'http_ok',
    });
    expect(definitionOf(reshape(typed, { shape: 'bad' })).indicator).toMatchObject({ valid: 'http_total', bad: 'http_bad' });
    expect(definitionOf(reshape(typed, { shape: 'bad' })).indicator).not.toHaveProperty('good');
  });

  it('judges freshness by the age that a gauge tells, slice by slice', () => {
    const typed = reshape(reshape(draft, { source: 'promql' }), { sli: 'freshness' });
    const filled = { ...typed, from: 'main', value: 'last_update', slice: { ...typed.slice, threshold: '600' } };
    expect(definitionOf(filled).indicator).toEqual({
      kind: 'promql',
      sli: 'freshness',
      source: 'main',
      value: 'last_update',
      slices: { length: '1m', when: 'age_at_most', threshold: 600 },
    });
  });

  it('takes the share of a slice in percent', () => {
    const sliced = { ...draft, sliced: true, slice: { ...draft.slice, threshold: '95' } };
    expect(definitionOf(sliced).indicator.slices).toEqual({ length: '1m', when: 'ratio_at_least', threshold: 0.95 });
  });

  it('groups by labels, and counts in a calendar of a zone', () => {
    const window = { ...draft.window, kind: 'calendar' as const, timeZone: 'Europe/Berlin' };
    const definition = definitionOf({ ...draft, groupBy: 'region, route', window });
    expect(definition.indicator.groupBy).toEqual(['region', 'route']);
    expect(definition.window).toEqual({ calendar: 'month', timeZone: 'Europe/Berlin' });
  });
});

describe('conditions on attributes', () => {
  it('stand one a line', () => {
    expect(parseMatchers('service = checkout\n\n status!~"5.."')).toEqual([
      { attribute: 'service', op: '=', value: 'checkout' },
      { attribute: 'status', op: '!~', value: '5..' },
    ]);
  });

  it('are refused where a line is none', () => expect(parseMatchers('service = checkout\nwhatever')).toBeUndefined());
});

describe('what is told before the server is asked', () => {
  it('names each field by the path that the server would', () => {
    const typed = { ...reshape(draft, { source: 'otlp', sli: 'latency' }), target: '100', valid: 'nothing', threshold: 'fast' };
    expect(problemsOf(typed).map(({ path }) => path)).toEqual(['target', 'indicator.valid', 'indicator.threshold']);
  });

  it('leaves the rest to be looked at where the target is none', () => {
    expect(checkable({ ...draft, target: '100' }).target).toBe(0.999);
    expect(checkable({ ...draft, target: '99' })).toEqual(definitionOf({ ...draft, target: '99' }));
  });

  it('is nothing for a draft that can be sent', () => expect(problemsOf(draft)).toEqual([]));
});

describe('looking at the past', () => {
  const typed = { ...reshape(draft, { source: 'prometheus' }), from: 'main', valid: 'http_total', good: 'http_ok' };
  it('needs a source and the queries of the shape', () => {
    expect(canPreview(typed)).toBe(true);
    expect(canPreview({ ...typed, good: ' ' })).toBe(false);
    expect(canPreview({ ...typed, from: '' })).toBe(false);
    expect(canPreview({ ...typed, target: 'all' })).toBe(false);
  });

  it('is not there for what is pushed', () => expect(canPreview(draft)).toBe(false));
});

it('suggests for every measure and source a shape that the source knows', () => {
  for (const { value: source } of SOURCES)
    for (const { value: sli } of SLIS) expect(shapesOf(source).map(({ value }) => value)).toContain(usualShape(sli, source));
});
