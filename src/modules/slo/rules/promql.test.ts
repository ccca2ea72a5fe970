import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agedBy, ageOf, countsOfWindow, isPromql, isSelector, selectionOf, withCounts } from './promql.ts';

const ERRORS = 'http_requests_total{job="api",code=~"5.."}';

describe('the selector inside a query', () => {
  test.each([
    [ERRORS, ERRORS, 'bare'],
    ['{__name__="up"}', '{__name__="up"}', 'bare'],
    [`(${ERRORS})`, ERRORS, 'bare'],
    [`sum(rate(${ERRORS}[5m]))`, ERRORS, 'rate'],
    [`sum(increase(${ERRORS}[30d]))`, ERRORS, 'rate'],
    [`rate(${ERRORS}[$window])`, ERRORS, 'rate'],
    [`sum((rate(${ERRORS}[$window])))`, ERRORS, 'rate'],
    [`sum(${ERRORS})`, ERRORS, 'sum'],
    ['rate(a{path="[$window]"}[5m])', 'a{path="[$window]"}', 'rate'],
  ])('%s counts one selector', (query, selector, form) => {
    expect(selectionOf(query)).toEqual({ selector, form });
  });

  test.each([
    ['a sum by labels', 'sum by (code) (rate(a[5m]))'],
    ['a sum without labels', 'sum without (pod) (rate(a[5m]))'],
    ['an offset', 'sum(rate(a[5m] offset 1h))'],
    ['a subquery', 'rate(a[5m:1m])'],
    ['another function', 'sum(irate(a[5m]))'],
    ['another aggregation', 'max(rate(a[5m]))'],
    ['arithmetic', 'sum(rate(a[5m])) + sum(rate(b[5m]))'],
    ['a range with nothing to read it', 'a[5m]'],
    ['two words', 'a b'],
    ['nothing', ''],
    ['an open brace', 'a{job="x"'],
  ])('%s is not one', (_, query) => {
    expect(selectionOf(query)).toBeNull();
  });

  test('a selector that was found is itself a selector', () => {
    const label = fc.stringMatching(/^[a-z_]{1,8}$/);
    const matcher = fc
      .tuple(label, fc.constantFrom('=', '!=', '=~', '!~'), fc.string())
      .map(([name, op, value]) => `${name}${op}${JSON.stringify(value)}`);
    const selector = fc
      .tuple(fc.stringMatching(/^m[a-z_:]{0,8}$/), fc.array(matcher, { maxLength: 3 }))
      .map(([name, all]) => `${name}{${all.join(',')}}`);
    const wrap = fc.constantFrom('sum(rate(X[5m]))', 'increase(X[$window])', 'sum(X)', '(X)');
    fc.assert(
      fc.property(selector, wrap, (inner, shape) => {
        const query = shape.replace('X', () => inner);
        if (!isPromql(query)) return;
        expect(selectionOf(query)?.selector).toBe(inner);
        expect(isSelector(inner)).toBe(true);
      }),
    );
  });
});

describe('a query as the count of its events in a window', () => {
  test.each([
    ['sum by (le) (rate(a[5m]))', 'sum by (le) (increase(a[$window]))'],
    ['sum(rate(a{code="1"}[5m])) - sum(increase(b[1h]))', 'sum(increase(a{code="1"}[$window])) - sum(increase(b[$window]))'],
    ['sum(rate(a[$window])) or vector(0)', 'sum(increase(a[$window])) or vector(0)'],
  ])('%s', (query, counted) => {
    expect(countsOfWindow(query)).toBe(counted);
  });

  test.each([
    'sum(rate(a[5m])) / sum(rate(b[5m]))',
    'sum(irate(a[5m]))',
    'rate(a[5m]) > 3',
    'sum(a)',
    'a b',
    'sum_over_time(rate(a[5m])[1h:5m])',
  ])('%s would mean something else', (query) => {
    expect(countsOfWindow(query)).toBeNull();
  });
});

describe('a query whose counts are told otherwise', () => {
  const told = (query: string) => withCounts(query, (selector) => `gain(${selector})`);
  test.each([
    ['sum by (le) (increase(a{x="1"}[$window])) # all', 'sum by (le) (gain(a{x="1"})) # all'],
    ['increase( a[$window] ) - (increase(b[$window]) or vector(0))', 'gain(a) - (gain(b) or vector(0))'],
  ])('%s', (query, expected) => {
    expect(told(query)).toBe(expected);
  });

  test.each([
    'sum(rate(a[$window]))',
    'increase(a[5m])',
    'increase(a[$window] offset 1m)',
    'increase(a[$window]) + b',
    'increase(a[$window]) / increase(b[$window])',
    'max_over_time(a[$window])',
    'sum(a',
  ])('%s does more than count', (query) => {
    expect(told(query)).toBeNull();
  });
});

describe('a query as the age of what tells a time', () => {
  test.each([
    ['a{x="1"}', true],
    ['max(a) or vector(0)', false],
    ['a - b', false],
  ])('%s is read back as it was', (query, isSelector) => {
    expect(agedBy(ageOf(query, isSelector))).toEqual({ query, isSelector });
  });

  test.each([
    'a',
    'time()',
    'time() - a - b',
    'time() - (a) + (b)',
    'time() - on () a',
    'time() + a',
    'a - time()',
    'time() - max(a)',
    'time() - a offset 5m',
    ageOf('a # of last night', false),
  ])('%s is none', (query) => {
    expect(agedBy(query)).toBeNull();
  });
});
