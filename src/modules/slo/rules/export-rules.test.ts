import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { DefinitionInput, ObjectiveDocument } from '../openslo/definition.ts';
import { importSloth } from '../sloth/import.ts';
import { exportAlertmanager } from './export-alertmanager.ts';
import { exportRules, type RulesOptions } from './export-rules.ts';
import { decimal, factorText, figuresOf, promDuration } from './pairs.ts';

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
}
interface Group {
  name: string;
  interval: string;
  rules: Rule[];
}

const objective = (changes: Partial<DefinitionInput> = {}, slug = 'shop-paying'): ObjectiveDocument => ({
  slug,
  definition: {
    service: 'shop',
    target: 0.999,
    indicator: { kind: 'prometheus', source: 'main', valid: 'all_total', bad: 'bad_total' },
    ...changes,
  },
});
const groupsOf = (document: ObjectiveDocument, options?: RulesOptions): Group[] =>
  (parse(exportRules([document], options).text) as { groups: Group[] }).groups;
const rulesOf = (document: ObjectiveDocument, options?: RulesOptions): Rule[] =>
  groupsOf(document, options).flatMap((group) => group.rules);
const ruleOf = (name: string, document: ObjectiveDocument, options?: RulesOptions) =>
  rulesOf(document, options).find((rule) => (rule.record ?? rule.alert) === name);
const flat = (text = ''): string => text.replace(/\s+/g, ' ');
const ID = '{sloth_id="shop-paying", sloth_service="shop", sloth_slo="paying"}';

describe('Sloth’s dashboards and routes go on working', () => {
  const rules = rulesOf(objective());

  test('as its metrics are there under their names', () => {
    expect(rules.map((rule) => rule.record ?? rule.alert)).toEqual([
      'slo:sli_total:seen30s',
      'slo:sli_total:increase30s',
      'slo:sli_bad:seen30s',
      'slo:sli_bad:increase30s',
      ...['5m', '30m', '1h', '2h', '6h', '1d', '3d'].map((window) => `slo:sli_error:ratio_rate${window}`),
      'ErrorBudgetBurn',
      'ErrorBudgetBurn',
      'slo:sli_error:ratio_rate30d',
      'slo:objective:ratio',
      'slo:error_budget:ratio',
      'slo:time_period:days',
      'slo:current_burn_rate:ratio',
      'slo:period_burn_rate:ratio',
      'slo:period_error_budget_remaining:ratio',
      'sloth_slo_info',
    ]);
  });

  test('with its labels', () => {
    const identity = { sloth_id: 'shop-paying', sloth_service: 'shop', sloth_slo: 'paying' };
    expect(ruleOf('slo:sli_error:ratio_rate1h', objective())?.labels).toEqual({ ...identity, sloth_window: '1h' });
    expect(ruleOf('slo:objective:ratio', objective())?.labels).toEqual(identity);
    expect(ruleOf('sloth_slo_info', objective())).toMatchObject({
      expr: 'vector(1)',
      labels: { ...identity, sloth_mode: 'nines-export', sloth_objective: '99.9', sloth_spec: 'nines', sloth_version: 'nines' },
    });
    expect(rules.filter((rule) => rule.alert !== undefined).map((rule) => rule.labels['sloth_severity'])).toEqual(['page', 'ticket']);
  });

  test('and an SLO of Sloth keeps its names and the name of its alerts', () => {
    const sloth = `
version: prometheus/v1
service: shop
slos:
  - name: paying
    objective: 99.95
    sli: { events: { error_query: 'sum(rate(bad_total[{{.window}}]))', total_query: 'sum(rate(all_total[{{.window}}]))' } }
    alerting: { name: PayingFails }
`;
    const [document = objective()] = importSloth(sloth).objectives;
    expect(ruleOf('PayingFails', document)).toBeDefined();
    expect(ruleOf('slo:error_budget:ratio', document)).toMatchObject({
      expr: 'vector(0.0005)',
      labels: { sloth_id: 'shop-paying', sloth_slo: 'paying' },
    });
  });

  test('and no two objectives share an id', () => {
    const { text } = exportRules([objective({}, 'shop-paying'), objective({}, 'paying')]);
    const infos = (parse(text) as { groups: Group[] }).groups
      .flatMap((group) => group.rules)
      .filter((rule) => rule.record === 'sloth_slo_info');
    expect(infos.map((rule) => rule.labels['sloth_id'])).toEqual(['shop-shop-paying', 'shop-paying']);
  });
});

describe('what is recorded', () => {
  test('is what the counters gained in each interval, what came late, and sums of them', () => {
    const gained = (now: string, before: string) =>
      `sum(last_over_time(${now}) - (last_over_time(${before}) <= last_over_time(${now}) or 0 * last_over_time(${before})) >= 0)`;
    const seen = `slo:sli_bad:seen30s${ID}`;
    expect(ruleOf('slo:sli_total:seen30s', objective())?.expr).toBe(gained('all_total[5m]', 'all_total[5m] offset 30s'));
    expect(flat(ruleOf('slo:sli_bad:increase30s', objective())?.expr)).toBe(
      `sum(${seen}) + clamp_min(${gained('bad_total[5m] offset 30s', 'bad_total[5m] offset 1m')} - ` +
        `(sum(last_over_time(${seen}[1s] offset 30s)) or vector(0)), 0) or sum(${seen}) or 0 * sum(slo:sli_total:seen30s${ID})`,
    );
    expect(flat(ruleOf('slo:sli_error:ratio_rate30d', objective())?.expr)).toBe(
      `sum_over_time(slo:sli_bad:increase30s${ID}[29d23h59m59s999ms]) / (sum_over_time(slo:sli_total:increase30s${ID}[29d23h59m59s999ms]) > 0)`,
    );
  });

  test('with values looked for further back where the counters are scraped seldom', () => {
    expect(ruleOf('slo:sli_total:seen30s', objective(), { scrapeSeconds: 120 })?.expr).toContain('all_total[8m] offset 30s');
    expect(ruleOf('slo:sli_total:seen30s', objective(), { scrapeSeconds: 5 })?.expr).toContain('all_total[5m] offset 30s');
  });

  test('often, but for the whole period', () => {
    expect(groupsOf(objective()).map((group) => [group.name, group.interval])).toEqual([
      ['sloth-slo-sli-recordings-shop-paying', '30s'],
      ['sloth-slo-sli-recordings-period-shop-paying', '5m'],
      ['sloth-slo-meta-recordings-shop-paying', '30s'],
    ]);
  });

  test('what is bad is what is not good, and never less than nothing', () => {
    const good = objective({ indicator: { kind: 'prometheus', source: 'main', valid: 'a', good: 'b' } });
    expect(ruleOf('slo:sli_bad:seen30s', good)?.expr.replaceAll(/sum\(last_over_time\((.)[^=]*= [^=]*>= 0\)/g, '$1')).toBe(
      'clamp_min(a - (b or 0 * a), 0)',
    );
  });

  test('whole bounds of buckets are found as every Prometheus writes them, as Nines finds them', () => {
    const own = 'sum(increase(x{le="1",job="a"}[$window]))';
    for (const [indicator, record] of [
      [{ kind: 'prometheus', source: 'main', valid: 'all', good: 'x{le="1",job="a"}' }, 'slo:sli_bad:seen30s'],
      [{ kind: 'promql', source: 'main', valid: own, good: own }, 'slo:sli_total:seen30s'],
      [{ kind: 'promql', source: 'main', valid: `2 * ${own}`, good: own }, 'slo:sli_total:increase30s'],
    ] as const) {
      const expr = ruleOf(record, objective({ indicator }))?.expr;
      expect(expr).toContain('x{job="a",le=~"1(\\\\.0)?"}[');
      expect(expr).not.toContain('le="1"');
    }
  });

  test('queries of one’s own are told by gains where they count, and asked over an interval and a scrape where they do more', () => {
    const own = (valid: string) => objective({ indicator: { kind: 'promql', source: 'main', valid, bad: 'increase(b[$window])' } });
    const plain = flat(ruleOf('slo:sli_total:seen30s', own('increase(a{x="1"}[$window])'))?.expr);
    expect(plain).toMatch(/^sum\( \(last_over_time\(a\{x="1"\}\[5m\]\) - .* >= 0\) \)$/);
    const more = own('2 * increase(a[$window])');
    expect(ruleOf('slo:sli_total:seen30s', more)).toBeUndefined();
    expect(flat(ruleOf('slo:sli_total:increase30s', more)?.expr)).toBe(
      '((sum( 2 * increase(a[59s999ms]) ) >= 0) * 30 / 59.999 or (sum( 2 * increase(a[2m]) ) >= 0) * 30 / 120)',
    );
  });

  test('labels that Prometheus allows are borne, others noted', () => {
    const document = objective({ labels: { team: 'a', 'example.org/x': 'b', sloth_id: 'c', alertname: 'X' } });
    expect(ruleOf('slo:objective:ratio', document)?.labels).toMatchObject({ team: 'a', sloth_id: 'shop-paying' });
    expect(exportRules([document]).notes.map((note) => note.because.code)).toEqual(['labels_left_out']);
  });
});

describe('the alerts', () => {
  const pairsIn = (document: ObjectiveDocument, severity: string): string[] => {
    const rule = rulesOf(document).find((one) => one.labels['sloth_severity'] === severity);
    return [...flat(rule?.expr).matchAll(/ratio_rate(\w+)\{[^}]*\} > \(([\d.]+) \* ([\d.]+)\)/g)].map(
      ([, window, factor, budget]) => `${window} ${factor} ${budget}`,
    );
  };

  test('join their pairs, wait for nothing, and ask for two bad events', () => {
    expect(pairsIn(objective(), 'page')).toEqual(['5m 14.4 0.001', '1h 14.4 0.001', '30m 6 0.001', '6h 6 0.001']);
    expect(pairsIn(objective(), 'ticket')).toEqual(['2h 3 0.001', '1d 3 0.001', '6h 1 0.001', '3d 1 0.001']);
    const page = ruleOf('ErrorBudgetBurn', objective());
    expect(page).not.toHaveProperty('for');
    expect(flat(page?.expr)).toContain(`and sum_over_time(slo:sli_bad:increase30s${ID}[59m59s999ms]) >= 2 ) or (`);
  });

  test('follow the objective’s own pairs and presets', () => {
    const own = objective({
      window: '7d',
      alerting: {
        pairs: [
          { severity: 'critical', long: '1h', short: '5m', budgetPercent: 10 },
          { severity: 'ticket', long: '36h', short: '3h', factor: 1.5 },
        ],
        minBadCount: 0,
      },
    });
    expect(pairsIn(own, 'page')).toEqual(['5m 16.8 0.001', '1h 16.8 0.001']);
    expect(pairsIn(own, 'ticket')).toEqual(['3h 1.5 0.001', '36h 1.5 0.001']);
    expect(ruleOf('ErrorBudgetBurn', own)?.expr).not.toContain('>= 0');
    expect(pairsIn(objective({ alerting: { preset: 'ticket_3x_3d' } }), 'ticket')).toEqual(['6h 3 0.001', '3d 3 0.001']);
  });

  test('that could never fire are left out, with the reason', () => {
    const { notes, text } = exportRules([objective({ target: 0.9 })]);
    expect(notes.map((note) => note.because)).toMatchObject([{ code: 'pair_left_out', text: expect.stringContaining('14.4×') as string }]);
    expect(text).not.toContain('14.4');
    expect(exportRules([objective({ alerting: { preset: 'none' } })]).notes.map((note) => note.because.code)).toEqual(['no_alerts']);
  });

  test('carry the links of the objective', () => {
    const rule = ruleOf('ErrorBudgetBurn', objective({ links: { runbook: 'https://example.org/run' } }));
    expect(rule?.annotations).toMatchObject({
      runbook_url: 'https://example.org/run',
      title: '(page) {{$labels.sloth_service}} {{$labels.sloth_slo}}: error budget burn',
    });
  });
});

describe('figures', () => {
  test('are exact decimals for every target', () => {
    expect(figuresOf(0.999)).toEqual({ objective: '0.999', budget: '0.001', percent: '99.9' });
    expect(figuresOf(0.9999999)).toEqual({ objective: '0.9999999', budget: '0.0000001', percent: '99.99999' });
    expect([factorText(14.4), factorText(13.44), factorText(1), decimal(0n, 3), decimal(1000n, 3)]).toEqual([
      '14.4',
      '13.44',
      '1',
      '0',
      '1',
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_900 }), (billionths) => {
        const { objective: ratio, budget } = figuresOf(billionths / 1e9);
        expect(ratio).toBe(`0.${String(billionths).padStart(9, '0')}`.replace(/0+$/, ''));
        expect(budget).toBe(`0.${String(1_000_000_000 - billionths).padStart(9, '0')}`.replace(/0+$/, ''));
      }),
    );
  });
  test('lengths are in their largest unit, or in all', () => {
    expect([30_000, 90_000, 300_000, 5_400_000, 3_600_000, 86_400_000, 30 * 86_400_000, 90_061_001].map(promDuration)).toEqual([
      '30s',
      '90s',
      '5m',
      '90m',
      '1h',
      '1d',
      '30d',
      '1d1h1m1s1ms',
    ]);
  });
});

test('what Prometheus cannot say is named with the reason, and the rest is exported', () => {
  const of = (slug: string, indicator: DefinitionInput['indicator']) => objective({ indicator }, slug);
  const source = { source: 'main' };
  const { notExported, files, notes } = exportRules([
    of('a', { kind: 'counts' }),
    of('b', { kind: 'prometheus', ...source, valid: 'a', bad: 'b', slices: { length: '1m', when: 'ratio_at_least', threshold: 0.9 } }),
    of('c', { kind: 'prometheus', ...source, histogram: 'h', threshold: 1 }),
    of('d', { kind: 'promql', ...source, goodRatio: 'x' }),
    of('e', { kind: 'prometheus', ...source, valid: 'sum(a)', bad: 'b' }),
    of('f', { kind: 'promql', ...source, valid: 'increase(a[$window])', bad: 'b b' }),
    of('g', { kind: 'promql', ...source, valid: 'increase(a[5m])', bad: 'increase(b[$window])' }),
    objective({ target: 1 }, 'h'),
    objective(
      {
        window: { calendar: 'quarter' },
        alerting: { mode: 'budget_share' },
        indicator: { kind: 'prometheus', ...source, valid: 'a', bad: 'b', groupBy: ['x'] },
      },
      'i',
    ),
  ]);
  expect(notExported.map(({ slug, because }) => [slug, because.code])).toEqual([
    ['a', 'kind_not_queryable'],
    ['b', 'in_slices'],
    ['c', 'not_counts'],
    ['d', 'not_counts'],
    ['e', 'not_a_selector'],
    ['f', 'not_promql'],
    ['g', 'no_window'],
    ['h', 'invalid_definition'],
  ]);
  expect(files.map((file) => file.slug)).toEqual(['i']);
  expect(notes.map((note) => note.because.code)).toEqual(['rolling_for_calendar', 'groups_summed', 'rate_for_budget_share']);
});

test('for the Prometheus operator each objective is a resource', () => {
  const { text, files } = exportRules([objective(), objective({}, 'other')], { kubernetes: true, namespace: 'monitoring' });
  const resources = parseAllDocuments(text).map((one) => one.toJS() as { spec: unknown });
  expect(resources).toMatchObject([
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'shop-paying', namespace: 'monitoring', labels: { 'app.kubernetes.io/component': 'SLO' } },
    },
    { metadata: { name: 'other' } },
  ]);
  expect(resources[0]?.spec).toEqual({ groups: groupsOf(objective()) });
  expect(files).toHaveLength(2);
});

test('routes for Alertmanager tell pages from tickets, of these services alone', () => {
  const written = parse(exportAlertmanager([objective(), objective({ service: 'api' }, 'b'), objective({}, 'c')])) as {
    route: { routes: { receiver: string; matchers: string[] }[] };
    receivers: unknown[];
  };
  expect(written.route.routes.map(({ receiver, matchers }) => [receiver, ...matchers])).toEqual([
    ['nines-page', 'sloth_severity="page"', 'sloth_service=~"api|shop"'],
    ['nines-ticket', 'sloth_severity="ticket"', 'sloth_service=~"api|shop"'],
  ]);
  expect(written.receivers).toContainEqual({
    name: 'nines-page',
    webhook_configs: [{ url: 'https://nines.example.org/api/v1/intake/KEY', send_resolved: true }],
  });
});
