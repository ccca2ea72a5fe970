import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { counter, hasRuleTools, hasVmalert, runTool, type RuleStory, type ToldAlert, tellRules } from '#testing/process/rule-story.ts';
import type { DefinitionInput, ObjectiveDocument } from '../openslo/definition.ts';
import { exportAlertmanager } from './export-alertmanager.ts';
import { exportRules } from './export-rules.ts';

// Where the tools are not installed, nothing here can be said.
const objective = (slug: string, changes: Partial<DefinitionInput> = {}): ObjectiveDocument => ({
  slug,
  definition: {
    service: 'shop',
    target: 0.999,
    indicator: { kind: 'prometheus', source: 'main', valid: 'requests_total', bad: 'errors_total' },
    ...changes,
  },
});
const good = objective('shop-good', {
  indicator: { kind: 'prometheus', source: 'main', valid: 'requests_total', good: 'good_total{x="}"}' },
});
const query = objective('shop-query', {
  target: 0.9995,
  window: { calendar: 'month', timeZone: 'Europe/Berlin' },
  labels: { team: 'a "b" \\ c', 'not-allowed': 'x', alertname: 'Shop fails' },
  links: { runbook: 'https://example.org/{{x}}' },
  indicator: { kind: 'promql', source: 'main', valid: 'sum by (a) (increase(x[$window])) # all', bad: 'increase(y[$window])' },
});
const pairs = objective('other', {
  window: '7d',
  alerting: {
    pairs: [
      { severity: 'critical', long: '90m', short: '1m', budgetPercent: 3 },
      { severity: 'ticket', long: '3d', short: '6h', factor: 1 },
    ],
    minBadCount: 0,
  },
});
const all = [
  objective('shop-paying'),
  good,
  query,
  pairs,
  objective('day', { window: '1d' }),
  objective('quiet', { alerting: { preset: 'none' } }),
];

describe.runIf(hasRuleTools)('promtool and amtool', () => {
  test('accept every rule that is exported', () => {
    const { text, notExported } = exportRules(all);
    expect(notExported).toEqual([]);
    const { status, output } = runTool('promtool', ['check', 'rules', 'rules.yml'], { 'rules.yml': text });
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') as string });
  });

  test('accept the groups inside a PrometheusRule', () => {
    for (const file of exportRules(all, { kubernetes: true }).files) {
      const { spec } = parse(file.text) as { spec: unknown };
      expect(runTool('promtool', ['check', 'rules', 'rules.yml'], { 'rules.yml': stringify(spec) }).status).toBe(0);
    }
  });

  test('accept the routes to Nines, and send pages and tickets there', () => {
    const files = { 'alertmanager.yml': exportAlertmanager(all, { url: 'https://nines.shop.example/api/v1/intake/abc' }) };
    expect(runTool('amtool', ['check-config', 'alertmanager.yml'], files)).toMatchObject({ status: 0 });
    const routed = (...labels: string[]): string =>
      runTool('amtool', ['config', 'routes', 'test', '--config.file=alertmanager.yml', ...labels], files).output.trim();
    expect(routed('sloth_severity=page', 'sloth_service=shop')).toBe('nines-page');
    expect(routed('sloth_severity=ticket', 'sloth_service=shop')).toBe('nines-ticket');
    expect(routed('sloth_severity=page', 'sloth_service=elsewhere')).toBe('nowhere');
    expect(runTool('amtool', ['check-config', 'alertmanager.yml'], { 'alertmanager.yml': exportAlertmanager([]) })).toMatchObject({
      status: 0,
    });
  });
});

const HOUR = 120;
const tell = (story: RuleStory, documents = [objective('shop-paying')]): string => tellRules(story, documents);
const within = (record: string, value: number, by: number): string => `sum(abs(${record} - ${value}) < bool ${by})`;

test.runIf(hasVmalert)('vmalert accepts every rule that is exported', () => {
  const { status, errors } = runTool('vmalert', ['-dryRun', '-rule=rules.yml'], { 'rules.yml': exportRules(all).text });
  expect({ status, errors }).toMatchObject({ status: 0 });
  const broken = exportRules([good]).text.replace('last_over_time', 'last_over_time)(');
  expect(runTool('vmalert', ['-dryRun', '-rule=rules.yml'], { 'rules.yml': broken }).status).not.toBe(0);
});

describe.runIf(hasRuleTools)('the rules, evaluated by Prometheus', () => {
  test('a quarter of an hour without traffic leaves no NaN in the budget', () => {
    const steps = 3 * HOUR;
    const series = {
      requests_total: counter(steps, (step) => (step > HOUR && step <= HOUR + 30 ? 0 : 100)),
      errors_total: counter(steps, () => 0),
    };
    expect(
      tell({
        series,
        expressions: [
          ['1h14m', 'sum(slo:sli_error:ratio_rate5m)', null],
          ['3h', 'sum(slo:sli_error:ratio_rate30d)', 0],
          ['3h', 'sum(slo:period_error_budget_remaining:ratio)', 1],
          ['3h', 'sum(slo:current_burn_rate:ratio)', 0],
          ['3h', 'sum(slo:objective:ratio)', 0.999],
        ],
      }),
    ).toBe('as told');
  });

  test('errors whose series begins with the first of them weigh what they weigh', () => {
    const steps = 8 * HOUR + 40;
    const series = {
      requests_total: counter(steps, () => 100),
      errors_total: counter(steps, (step) => (step <= 8 * HOUR ? undefined : 1)),
    };
    // Twenty minutes of one in a hundred, in 500, are 4.0e-4; a mean of ratios over the points that exist would say 5e-3 and more.
    const expressions: RuleStory['expressions'] = [
      ['8h20m', within('slo:sli_error:ratio_rate30d', 3.9e-4, 2e-5), 1],
      ['8h20m', within('slo:period_error_budget_remaining:ratio', 0.61, 0.02), 1],
    ];
    expect(tell({ series, expressions })).toBe('as told');
  });

  test('one failure of a service with a request every six minutes alerts nobody; a string of them does', () => {
    const steps = 4 * HOUR;
    const requests = counter(steps, (step) => (step % 12 === 0 ? 1 : 0));
    const failing = (fails: (step: number) => boolean) => ({
      requests_total: requests,
      errors_total: counter(steps, (step) => (step % 12 === 0 && fails(step) ? 1 : 0)),
    });
    const quiet = (...times: string[]) =>
      times.flatMap((time) => [[time, 'page', false] as ToldAlert, [time, 'ticket', false] as ToldAlert]);
    const once = failing((step) => step === 3 * HOUR);
    expect(tell({ series: once, alerts: quiet('3h1m', '3h2m', '3h4m', '3h10m', '3h30m') })).toBe('as told');
    const early = failing((step) => step === 24);
    expect(tell({ series: early, alerts: quiet('13m', '14m', '16m', '30m', '2h') })).toBe('as told');
    const often = failing((step) => step >= 3 * HOUR);
    expect(
      tell({
        series: often,
        alerts: [
          ['3h2m', 'page', false],
          ['3h13m', 'page', true],
        ],
      }),
    ).toBe('as told');
  });

  test('a total outage pages at the second evaluation, as soon as 2 % of the budget are spent, and for as long as it lasts', () => {
    const steps = 6 * HOUR;
    const series = {
      requests_total: counter(steps, () => 100),
      errors_total: counter(steps, (step) => (step > 4 * HOUR && step <= 5 * HOUR ? 100 : 0)),
    };
    const alerts: RuleStory['alerts'] = [
      ['3h59m', 'page', false],
      ['4h30s', 'page', false],
      ['4h1m', 'page', true],
      ['4h59m', 'page', true],
      ['5h29m30s', 'page', true],
      ['5h30m', 'page', false],
      ['5h40m', 'ticket', true],
    ];
    expect(tell({ series, alerts, expressions: [['4h30m', within('slo:current_burn_rate:ratio', 1000, 1), 1]] })).toBe('as told');
  });

  test('what is bad as what is not good comes to the same', () => {
    const steps = HOUR;
    const series = { requests_total: counter(steps, () => 100), 'good_total{x="}"}': counter(steps, () => 98) };
    const ratio = 'slo:sli_error:ratio_rate30m{sloth_slo="good"}';
    expect(tell({ series, expressions: [['1h', within(ratio, 0.02, 1e-9), 1]] }, [good])).toBe('as told');
    // Before anything good was ever counted, all is bad.
    expect(tell({ series: { requests_total: counter(steps, () => 100) }, expressions: [['1h', within(ratio, 1, 1e-9), 1]] }, [good])).toBe(
      'as told',
    );
  });

  test('a query that comes to NaN leaves a gap and no NaN', () => {
    const steps = HOUR;
    const indicator = {
      kind: 'promql' as const,
      source: 'main',
      valid: 'sum(increase(requests_total[$window])) * (sum(up) / sum(up))',
      bad: 'sum(increase(errors_total[$window]))',
    };
    const series = {
      requests_total: counter(steps, () => 100),
      errors_total: counter(steps, () => 1),
      up: counter(steps, (step) => (step === 30 ? 1 : 0)),
    };
    const ratio = 'slo:sli_error:ratio_rate30d';
    const expressions: RuleStory['expressions'] = [
      ['10m', `sum(${ratio})`, null],
      ['1h', within(ratio, 0.01, 2e-3), 1],
    ];
    expect(tell({ series, expressions }, [objective('shop-query', { indicator })])).toBe('as told');
  });
});
