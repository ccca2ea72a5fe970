import { describe, expect, test } from 'vitest';
import { ObjectiveDefinition } from './contract.ts';

const GOOD = { service: 'checkout', target: 0.999, indicator: { kind: 'counts' } };
const prometheus = (more: object) => ({ indicator: { kind: 'prometheus', source: 'main', ...more } });
const pairs = (...all: object[]) => ({ alerting: { pairs: all } });

/** Each problem once, as `path: message`. */
function problemsOf(change: object): string[] {
  const parsed = ObjectiveDefinition.safeParse({ ...GOOD, ...change });
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

test('a definition of the least that is needed is good', () => {
  expect(problemsOf({})).toEqual([]);
});

describe('a bad definition has one problem a field, at its path', () => {
  test.each<[string, object, string, string]>([
    ['a target of 100 %', { target: 1 }, 'target', 'leaves no budget'],
    ['a target in percent', { target: 99.9 }, 'target', '99.9 % is 0.999'],
    ['a window nobody can read', { window: '30 days' }, 'window', 'as 30d'],
    ['a zone that is none', { window: { calendar: 'month', timeZone: 'Mars' } }, 'window.timeZone', 'IANA'],
    ['a unit of the calendar that is none', { window: { calendar: 'moon' } }, 'window', 'calendar: month'],
    ['a word that is misspelt', { targt: 1 }, '', 'targt'],
    ['a label that is none', { labels: { '9x': 'a' } }, 'labels.9x', 'label name'],
    ['an address that is none', { links: { runbook: 'wiki' } }, 'links.runbook', 'http'],
    [
      'both ways of saying a factor',
      pairs({ severity: 'critical', long: '1h', short: '5m', factor: 2, budgetPercent: 2 }),
      'alerting.pairs.0.factor',
      'either',
    ],
    [
      'a short window longer than the long one',
      pairs({ severity: 'ticket', long: '1h', short: '2h', factor: 2 }),
      'alerting.pairs.0.short',
      'shorter',
    ],
    ['no time to say that data are missing', { alerting: { noDataAfter: '1s' } }, 'alerting.noDataAfter', '1m to 7d'],
    ['an indicator of no kind', { indicator: { kind: 'magic' } }, 'indicator.kind', ''],
    ['valid events without good ones', prometheus({ valid: 'up' }), 'indicator.good', 'or give bad'],
    ['good and bad at once', prometheus({ valid: 'a', good: 'b', bad: 'c' }), 'indicator.bad', 'not both'],
    ['a histogram without a threshold', prometheus({ histogram: 'h' }), 'indicator.threshold', 'belong together'],
    ['a gauge without slices', prometheus({ value: 'v' }), 'indicator.value', 'slices'],
    ['slices by a gauge without one', prometheus({ slices: { when: 'age_at_most', threshold: 60 } }), 'indicator.value', 'gauge'],
    [
      'pushed counts judged by a gauge',
      { indicator: { kind: 'counts', slices: { when: 'value_at_most', threshold: 1 } } },
      'indicator.slices.when',
      'no value',
    ],
    [
      'a slice of no whole part of an hour',
      { indicator: { kind: 'counts', slices: { length: '7m', when: 'rate_at_least', threshold: 1 } } },
      'indicator.slices.length',
      'divides an hour',
    ],
    [
      'a ratio above one',
      { indicator: { kind: 'counts', slices: { when: 'ratio_at_least', threshold: 2 } } },
      'indicator.slices.threshold',
      'at most 1',
    ],
    ['OTLP without a word on what is good', { indicator: { kind: 'otlp', metric: 'm' } }, 'indicator.good', 'which events are good'],
    [
      'a pattern that could run away',
      { indicator: { kind: 'otlp', metric: 'm', good: [{ attribute: 'a', op: '=~', value: '(a+)+' }] } },
      'indicator.good.0.value',
      'must not repeat',
    ],
    ['a label to group by that is none', { indicator: { kind: 'counts', groupBy: ['a b'] } }, 'indicator.groupBy.0', 'label'],
  ])('%s', (_name, change, path, words) => {
    const problems = problemsOf(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${path.replaceAll('.', '\\.')}:`));
    expect(problems[0]).toContain(words);
  });

  test('several at once are all told', () => {
    expect(problemsOf({ target: 0, window: 'x', ...prometheus({ valid: 'a' }) })).toHaveLength(3);
    expect(problemsOf(prometheus({}))).toEqual([
      'indicator.valid: must select the valid events',
      'indicator.good: must select the good events, or give bad',
    ]);
  });
});
