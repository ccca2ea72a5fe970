import { describe, expect, it } from 'vitest';
import type { MetricSource, SourceRead } from '../../port.ts';
import { instant } from '#kernel/instant.ts';
import { joinReads } from './join-reads.ts';
import { compileNarrowing, planWays } from './joined-queries.ts';

const ask = (queries: string[], values = 50) => ({ queries, values });
const plan = (...asked: ReturnType<typeof ask>[]) => Object.fromEntries(planWays(asked));

describe('what is asked for together', () => {
  it('errors are picked out of the requests that they are some of', () => {
    expect(plan(ask(['x{job="a"}', 'x{code=~"5..",job="a"}']))).toEqual({
      'x{code=~"5..",job="a"}': { query: 'x{job="a"}', by: null, narrowed: [{ label: 'code', op: '=~', value: '5..' }] },
    });
  });

  it.each([
    ['another metric', ['x{job="a"}', 'y{code="500",job="a"}']],
    ['a matcher that is missing', ['x{job="a"}', 'x{code="500"}']],
    ['a matcher that is missing, and another one twice', ['x{a="1",b="2"}', 'x{a="1",a="1",c="3"}']],
    ['a pattern that may mean something else here', ['x', 'x{code=~"(?i)err.*"}']],
    ['a pattern that may run away here', ['x', 'x{path=~"(a+)+b"}']],
    ['a class by name', ['x', 'x{path=~"[[:alpha:]]+"}']],
  ])('but not where there is %s', (_what, queries) => {
    expect(plan(ask(queries))).toEqual({});
  });

  it('selectors that differ in one value become one, with their errors', () => {
    const found = plan(...['a.b', 'c|d', 'e'].map((job) => ask([`x{env="p",job="${job}"}`, `x{code="500",env="p",job="${job}"}`])));
    const query = String.raw`x{env="p",job=~"a\\.b|c\\|d|e"}`;
    expect(found['x{env="p",job="e"}']).toEqual({ query, by: { label: 'job', value: 'e' }, narrowed: [] });
    expect(found['x{code="500",env="p",job="a.b"}']).toEqual({
      query,
      by: { label: 'job', value: 'a.b' },
      narrowed: [{ label: 'code', op: '=', value: '500' }],
    });
    expect(Object.keys(found)).toHaveLength(6);
  });

  it('each goes with the most that are like it, and none with the empty value or with two values in question', () => {
    const found = plan(
      ask(['x{env="p",job="a"}']),
      ask(['x{env="p",job="b"}']),
      ask(['x{env="p",job="c"}']),
      ask(['x{env="q",job="a"}']),
      ask(['x{env="p",job=""}']),
      ask(['y{job!="a",job="b"}']),
      ask(['y{job!="a",job="c"}']),
    );
    expect(Object.keys(found)).toEqual(['a', 'b', 'c'].map((job) => `x{env="p",job="${job}"}`));
  });

  it('no more of them than an answer should hold', () => {
    const jobs = Array.from({ length: 600 }, (_, i) => String(i));
    const sizes = (values: number) => {
      const queries = Object.values(plan(...jobs.map((job) => ask([`x{job="${job}"}`], values)))).map(({ query }) => query);
      return [...Map.groupBy(queries, (query) => query).values()].map((alike) => alike.length);
    };
    expect(sizes(1)).toEqual([250, 250, 100]);
    expect(sizes(100)).toEqual([100, 100, 100, 100, 100, 100]);
    expect(sizes(10_001)).toEqual([]);
  });

  it('a query that one asks for as it is and another as errors is asked for once', () => {
    const found = plan(ask(['x', 'x{code="500"}']), ask(['x{code="500"}']));
    expect(found).toEqual({});
  });
});

describe('a series', () => {
  const meets = (labels: Record<string, string>) =>
    compileNarrowing([
      { label: 'code', op: '=~', value: '5..' },
      { label: 'path', op: '!=', value: '' },
    ])(labels);

  it('meets matchers as Prometheus has it: whole values, and a missing label is empty', () => {
    expect(meets({ code: '500', path: '/' })).toBe(true);
    expect(meets({ code: '5000', path: '/' })).toBe(false);
    expect(meets({ code: '500' })).toBe(false);
    expect(meets({ path: '/' })).toBe(false);
  });

  it('is left to the source where a pattern meets a long value or one of several lines', () => {
    expect(meets({ code: 'x'.repeat(300), path: '/' })).toBe('unknown');
    expect(meets({ code: '5\n0', path: '/' })).toBe('unknown');
    expect(meets({ code: '5\n0' })).toBe(false);
  });
});

describe('a source that is asked for many at once', () => {
  const span = { from: instant(0), to: instant(0), stepMs: 30_000 };
  const series = ['a', 'b'].flatMap((job) =>
    ['200', '500'].map((code) => ({ labels: { job, code }, points: [{ at: instant(0), value: 1 }] })),
  );
  const ways = planWays(['a', 'b'].map((job) => ask([`x{job="${job}"}`, `x{code=~"5..",job="${job}"}`])));
  const open = (answer: (query: string) => SourceRead) => {
    const asked: string[] = [];
    let lost = 0;
    const refused: string[] = [];
    const source: MetricSource = {
      readRange: (query) => {
        asked.push(query);
        return Promise.resolve(answer(query));
      },
    };
    const news = { onLost: () => (lost += 1), onRefused: (query: string) => refused.push(query) };
    return { asked, joined: joinReads(source, ways, news), lost: () => lost, refused };
  };
  const labelsOf = (read: SourceRead) => (read.kind === 'read' ? read.series.map(({ labels }) => labels) : read);

  it('gives each its own', async () => {
    const { joined, asked } = open(() => ({ kind: 'read', series, samples: 40, warnings: ['slow'] }));
    const whole = await joined.readRange('x{job="a"}', span);
    expect(whole).toMatchObject({ samples: 20, warnings: ['slow'] });
    expect(labelsOf(whole)).toEqual([
      { job: 'a', code: '200' },
      { job: 'a', code: '500' },
    ]);
    expect(labelsOf(await joined.readRange('x{code=~"5..",job="b"}', span))).toEqual([{ job: 'b', code: '500' }]);
    expect(new Set(asked)).toEqual(new Set(['x{job=~"a|b"}']));
    await joined.readRange('y', span);
    expect(asked.at(-1)).toBe('y');
  });

  it('is asked one by one where it refuses', async () => {
    const { joined, asked, lost, refused } = open((query) =>
      query.includes('=~"a|b"')
        ? { kind: 'failed', code: 'too_much', reason: 'too many series' }
        : { kind: 'read', series: series.slice(0, 1), samples: null, warnings: [] },
    );
    expect(labelsOf(await joined.readRange('x{job="a"}', span))).toEqual([{ job: 'a', code: '200' }]);
    expect(asked).toEqual(['x{job=~"a|b"}', 'x{job="a"}']);
    expect(lost()).toBe(0);
    expect(refused).toEqual(['x{job=~"a|b"}']);
  });

  it('says so when it is lost over it', async () => {
    const failed: SourceRead = { kind: 'failed', code: 'unreachable', reason: 'no answer within 10 s' };
    const { joined, asked, lost } = open(() => failed);
    expect(await joined.readRange('x{job="a"}', span)).toEqual(failed);
    expect([asked.length, lost()]).toEqual([1, 1]);
  });
});
