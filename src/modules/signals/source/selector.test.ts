import { describe, expect, test } from 'vitest';
import { asRead, checkPromql, parseSelector, withWindow } from './selector.ts';

const query = (text: string): string => {
  const parsed = parseSelector(text);
  return parsed.ok ? parsed.query : `refused: ${parsed.because.code}`;
};
const refusal = (text: string) => {
  const parsed = parseSelector(text);
  return parsed.ok ? null : parsed.because;
};

describe('a selector of raw counters', () => {
  test('says its metric and its matchers', () => {
    expect(parseSelector('http_requests_total{job="api", code!~"5.."}')).toEqual({
      ok: true,
      metric: 'http_requests_total',
      matchers: [
        { label: 'code', op: '!~', value: '5..' },
        { label: 'job', op: '=', value: 'api' },
      ],
      query: 'http_requests_total{code!~"5..",job="api"}',
    });
  });

  test.each([
    ['up', 'up'],
    ['up{}', 'up'],
    [' up { b = "2" , a = \'1\', } # all of them', 'up{a="1",b="2"}'],
    ['{__name__="up",a=`1`}', 'up{a="1"}'],
    ['{job="x"}', '{job="x"}'],
    ['{__name__=~"http_.+"}', '{__name__=~"http_.+"}'],
    ['sum', 'sum'],
    ['job:requests:total', 'job:requests:total'],
    ['{__name__="nan"}', '{__name__="nan"}'],
    ['{"http.requests","service.name"="a"}', '{"http.requests","service.name"="a"}'],
    ['up{a="\\"\\\\\\n\\x41\\u00e9\\101"}', 'up{a="\\"\\\\\\nAéA"}'],
  ])('written as %s is sent as %s', (text, sent) => expect(query(text)).toBe(sent));

  test('finds a whole bucket bound however the exporter writes it', () => {
    expect(query('x_bucket{le="1"}')).toBe('x_bucket{le=~"1(\\\\.0)?"}');
    expect(query('x_bucket{le="1.0"}')).toBe(query('x_bucket{le="1"}'));
    expect(query('x_bucket{le!="10"}')).toBe('x_bucket{le!~"10(\\\\.0)?"}');
    expect(query('x_bucket{le="0.3"}')).toBe('x_bucket{le="0.3"}');
    expect(query('x_bucket{le="+Inf",a="1"}')).toBe('x_bucket{a="1",le="+Inf"}');
  });

  test.each([
    ['x[5m]', 'not_a_selector', 'a range'],
    ['x[5m:1m]', 'not_a_selector', 'a subquery'],
    ['x offset 5m', 'not_a_selector', 'an offset'],
    ['x @ 1', 'not_a_selector', '@'],
    ['rate(x[5m])', 'not_a_selector', 'functions'],
    ['sum(x)', 'not_a_selector', 'aggregations'],
    ['x / y', 'not_a_selector', 'arithmetic'],
    ['(x)', 'not_a_selector', 'plain selector'],
    ['5', 'not_a_selector', 'plain selector'],
    ['{a=""}', 'too_wide', 'empty value'],
    ['{a=~".*",b!="c"}', 'too_wide', 'empty value'],
    ['x{a="\\q"}', 'bad_text', 'as PromQL writes it'],
    ['x{__name__="y"}', 'bad_text', 'twice'],
    ['', 'syntax', 'ends too early'],
  ])('is not %s', (text, code, says) => {
    expect(refusal(text)).toMatchObject({ code, text: expect.stringContaining(says) as string });
  });

  test('that cannot be read is refused with the place and what stands there', () => {
    expect(refusal('up{job=="api"}')).toMatchObject({ code: 'syntax', facts: { line: 1, column: 8 } });
    expect(refusal('up{\n  job="api"\n  code="500"}')).toMatchObject({
      text: expect.stringMatching(/^at line 3, character 3: cannot be read from "code/) as string,
    });
    expect(refusal('sum(up')).toMatchObject({ text: 'at character 7: the expression ends too early' });
  });
});

describe('approximate PromQL', () => {
  test.each(['sum(increase(x[$window]))', 'sum(rate(x[5m])) / sum(rate(y[5m]))', '5', 'x offset 5m', 'vector(1)', '(x)', 'x > 5'])(
    '%s has a value at an instant',
    (text) => expect(checkPromql(text)).toEqual({ ok: true }),
  );

  test.each([
    ['x[$window]', 'no_instant_value'],
    ['(x[5m:1m])', 'no_instant_value'],
    ['x[5m] offset 1h', 'no_instant_value'],
    ['"text"', 'no_instant_value'],
    ['sum(rate(x[$window])', 'syntax'],
    ['sum(x) by', 'syntax'],
    ['', 'syntax'],
  ])('%s has none', (text, code) => expect(checkPromql(text)).toMatchObject({ ok: false, because: { code } }));

  test('has the step in the place of its window', () => {
    expect(withWindow('increase(x[$window]) / increase(y[$window])', 30_000)).toBe('increase(x[30s]) / increase(y[30s])');
  });
});

describe('a query with its selectors as they are read', () => {
  test.each([
    ['x_bucket{le="1"}', 'x_bucket{le=~"1(\\\\.0)?"}'],
    ['sum(rate(x{le!="5.0", b="c"}[$window] offset 1m)) + y', 'sum(rate(x{b="c",le!~"5(\\\\.0)?"}[$window] offset 1m)) + y'],
    ['rate(a{path="[$window]",le="0.3"}[5m]) # le="1"', 'rate(a{le="0.3",path="[$window]"}[5m]) # le="1"'],
    ['{job=~".*"}', '{job=~".*"}'],
    ['a b', 'a b'],
  ])('%s', (query, read) => {
    expect(asRead(query)).toBe(read);
  });

  test('selects only the series of some labels, each of them', () => {
    expect(asRead('sum(rate(x{a="1"}[5m])) / y', { tenant: 'a "b"', zone: '' })).toBe(
      'sum(rate(x{a="1",tenant="a \\"b\\"",zone=""}[5m])) / y{tenant="a \\"b\\"",zone=""}',
    );
  });
});
