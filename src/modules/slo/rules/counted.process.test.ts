import { describe, expect, test } from 'vitest';
import { counter, hasRuleTools, type RuleStory, scraped, tellRules } from '#testing/process/rule-story.ts';
import type { DefinitionInput, ObjectiveDocument } from '../openslo/definition.ts';

const objectiveOf = (indicator: DefinitionInput['indicator']): ObjectiveDocument => ({
  slug: 'shop-paying',
  definition: { service: 'shop', target: 0.999, indicator },
});
const plainly = objectiveOf({ kind: 'prometheus', source: 'main', valid: 'requests_total', bad: 'errors_total' });
const tell = (story: RuleStory, document = plainly): string => tellRules(story, [document]);
const every = (length: number, phase: number) => (second: number) => second % length === phase;
const sumOf = (record: string, range: string): string => `sum(sum_over_time(slo:sli_total:${record}30s[${range}]))`;

describe.runIf(hasRuleTools)('what each evaluation counts', () => {
  const steady = (isScraped: (second: number) => boolean): string => scraped(1_200, (second) => (isScraped(second) ? second : undefined));

  test.each([
    ['as often as rules are evaluated, at the same instants', every(30, 0), 0, 1_200],
    ['as often, in between', every(30, 17), 17, 1_187],
    ['twice as often', every(15, 4), 19, 1_189],
    ['every 5 s', every(5, 3), 28, 1_198],
    ['half as often', every(60, 41), 41, 1_181],
    ['every 45 s, so that rhythms never meet', every(45, 10), 10, 1_180],
    ['with a tremor of 2 s', (second: number) => (second - 15 + 2 * (Math.floor(second / 30) % 2)) % 30 === 0, 15, 1_183],
    ['with one scrape in three missing', (second: number) => every(30, 17)(second) && Math.floor(second / 30) % 3 !== 1, 17, 1_187],
  ])('adds up to what the counter gained where it is scraped %s', (_, isScraped, first, last) => {
    const value = last - first;
    // The first evaluation that finds a value sets where counting begins.
    expect(
      tell({ series: { requests_total: steady(isScraped) }, interval: '1s', expressions: [['20m', sumOf('increase', '20m'), value]] }),
    ).toBe('as told');
  });

  test('is of its own interval: none is in two', () => {
    const series = { requests_total: scraped(1_200, (second) => (every(30, 17)(second) ? (second > 600 ? 1_000 : 7) : undefined)) };
    const counted = 'sum(slo:sli_total:increase30s)';
    const expressions: RuleStory['expressions'] = [
      ['10m', counted, 0],
      ['10m30s', counted, 993],
      ['11m', counted, 0],
      ['11m30s', counted, 0],
    ];
    expect(tell({ series, interval: '1s', expressions })).toBe('as told');
  });

  test('of failed scrapes is found by the next, of a target that is gone nothing more, and of one begun anew from 0', () => {
    const at = (value: (second: number) => number | 'failed') =>
      scraped(1_200, (second) => (every(30, 17)(second) ? value(second) : undefined));
    const failed = at((second) => (second > 300 && second < 420 ? 'failed' : second));
    const counted = 'sum(slo:sli_total:increase30s)';
    const gap: RuleStory['expressions'] = [
      ['5m30s', counted, 0],
      ['7m', counted, 0],
      ['7m30s', counted, 150],
      ['20m', sumOf('increase', '20m'), 1_170],
    ];
    expect(tell({ series: { requests_total: failed }, interval: '1s', expressions: gap })).toBe('as told');
    const gone = at((second) => (second > 300 ? 'failed' : second));
    expect(tell({ series: { requests_total: gone }, interval: '1s', expressions: [['20m', sumOf('increase', '20m'), 270]] })).toBe(
      'as told',
    );
    const anew = at((second) => (second > 300 ? second - 300 : 5_000 + second));
    // 270 before it began anew, and 887 after.
    expect(tell({ series: { requests_total: anew }, interval: '1s', expressions: [['20m', sumOf('increase', '20m'), 1_157]] })).toBe(
      'as told',
    );
    const noNumber = { 'requests_total{a="1"}': at((second) => second), 'requests_total{a="2"}': scraped(1_200, () => Number.NaN) };
    expect(tell({ series: noNumber, interval: '1s', expressions: [['20m', sumOf('increase', '20m'), 1_170]] })).toBe('as told');
  });

  test('and came too late for it is counted by the next, once', () => {
    const labels = '{sloth_id="shop-paying", sloth_service="shop", sloth_slo="paying"}';
    const counted = 'sum(slo:sli_total:increase30s)';
    const seenAs = (values: string, expressions: RuleStory['expressions'] = []) =>
      tell({
        series: { requests_total: counter(20, () => 100), [`slo:sli_total:seen30s${labels}`]: values },
        given: ['slo:sli_total:seen30s'],
        expressions,
      });
    const late: RuleStory['expressions'] = [
      ['5m', counted, 0],
      ['5m30s', counted, 200],
      ['6m', counted, 100],
      ['10m', sumOf('increase', '4m59s'), 1_100],
    ];
    expect(seenAs('0 100x8 0 100x9', late)).toBe('as told');
    // A scrape that is under way at every evaluation.
    expect(
      seenAs('0x20', [
        ['5m', counted, 100],
        ['10m', sumOf('increase', '4m59s'), 1_000],
      ]),
    ).toBe('as told');
    // An evaluation that was missed.
    expect(
      seenAs('0 100x8 _ 100x9', [
        ['5m30s', counted, 200],
        ['6m', counted, 100],
      ]),
    ).toBe('as told');
  });

  test('of a query of one’s own is the same where it counts, and nearly where it does more', () => {
    const own = (valid: string) => objectiveOf({ kind: 'promql', source: 'main', valid, bad: valid });
    const series = { requests_total: scraped(1_200, (second) => (every(30, 17)(second) ? (second > 600 ? 100_993 : 100_000) : undefined)) };
    const counted = 'sum(slo:sli_total:increase30s)';
    const plain = own('sum by (a) (increase(requests_total{b=""}[$window])) # all');
    expect(
      tell(
        {
          series,
          interval: '1s',
          expressions: [
            ['10m30s', counted, 993],
            ['11m', counted, 0],
          ],
        },
        plain,
      ),
    ).toBe('as told');
    const more = own('sum(increase(requests_total[$window])) * 2');
    const expressions: RuleStory['expressions'] = [
      ['10m30s', `abs(${counted} - 2 * 993) < bool 0.001`, 1],
      ['11m', counted, 0],
    ];
    expect(tell({ series, interval: '1s', expressions }, more)).toBe('as told');
  });

  test.each(['prometheus', 'promql'] as const)('finds a whole bound as every Prometheus writes it (%s)', (kind) => {
    const asked = (query: string): string => (kind === 'prometheus' ? query : `increase(${query}[$window])`);
    const latency = objectiveOf({ kind, source: 'main', valid: asked('x_count'), good: asked('x_bucket{le="1"}') });
    const steadily = steady(every(30, 17));
    for (const written of ['1', '1.0']) {
      const expressions: RuleStory['expressions'] = [
        ['20m', sumOf('increase', '20m'), 1_170],
        ['20m', 'sum(sum_over_time(slo:sli_bad:increase30s[20m]))', 0],
      ];
      const series = { x_count: steadily, [`x_bucket{le="${written}"}`]: steadily, 'x_bucket{le="10.0"}': steadily };
      expect(tell({ series, interval: '1s', expressions }, latency)).toBe('as told');
    }
  });
});
