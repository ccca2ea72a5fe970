import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ratioOfPercent } from '../openslo/definition.ts';
import { exportOpenSlo } from '../openslo/export.ts';
import { importOpenSlo } from '../openslo/import.ts';
import { importSloth } from './import.ts';

/** The specification file and the Kubernetes resource of one fictional service, which say the same. */
const FILE = `
version: "prometheus/v1"
service: shop
labels: { team: money, tier: "2" }
slos:
  - name: paying
    objective: 99.9
    description: People can pay.
    labels: { tier: "1" }
    sli:
      events:
        error_query: sum(rate(orders_total{state="failed"}[{{.window}}]))
        total_query: sum(rate(orders_total[{{ .window }}]))
    alerting:
      name: PayingFails
      labels: { area: checkout }
      annotations: { runbook: 'https://wiki.shop.example/pay', summary: Paying fails }
      page_alert: { labels: { severity: critical } }
      ticket_alert: { disable: true }
`;
const RESOURCE = `
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: { name: shop, namespace: monitoring }
spec:
  service: shop
  labels: { team: money, tier: "2" }
  slos:
    - name: paying
      objective: 99.9
      description: People can pay.
      labels: { tier: "1" }
      sli:
        events:
          errorQuery: sum(rate(orders_total{state="failed"}[{{.window}}]))
          totalQuery: sum(rate(orders_total[{{.window}}]))
      alerting:
        name: PayingFails
        labels: { area: checkout }
        annotations: { runbook: 'https://wiki.shop.example/pay', summary: Paying fails }
        pageAlert: { labels: { severity: critical } }
        ticketAlert: { disable: true }
`;
const EXPECTED = {
  slug: 'shop-paying',
  definition: {
    service: 'shop',
    description: 'People can pay.',
    target: 0.999,
    alerting: {
      pairs: [
        { severity: 'critical', long: '1h', short: '5m', budgetPercent: 2 },
        { severity: 'warning', long: '6h', short: '30m', budgetPercent: 5 },
      ],
    },
    links: { runbook: 'https://wiki.shop.example/pay' },
    labels: { team: 'money', tier: '1', area: 'checkout', alertname: 'PayingFails' },
    indicator: { kind: 'prometheus', source: 'prometheus', valid: 'orders_total', bad: 'orders_total{state="failed"}' },
  },
};

describe('a specification of Sloth', () => {
  test.each([
    ['file', FILE],
    ['resource', RESOURCE],
  ])('as a %s becomes an objective over raw counters', (_, text) => {
    const { objectives, problems } = importSloth(text);
    expect(problems).toEqual([]);
    expect(objectives).toEqual([EXPECTED]);
  });

  test('with a reason for all that is not taken over as it stands', () => {
    const { report } = importSloth(FILE);
    expect([...report.changed, ...report.dropped].map(({ path, because }) => [path.replace('documents[0].', ''), because.code])).toEqual([
      ['slos[0].labels.tier', 'joined'],
      ['slos[0].sli.events.error_query', 'counter_read_itself'],
      ['slos[0].sli.events.total_query', 'counter_read_itself'],
      ['slos[0].alerting.annotations.summary', 'no_field'],
      ['slos[0].alerting.page_alert.labels.severity', 'routed_by_labels'],
    ]);
  });

  test('many documents are read together, and objectives survive as OpenSLO', () => {
    const { objectives } = importSloth(`${FILE}\n---\n${RESOURCE}`, { source: 'main' });
    expect(objectives.map((one) => one.slug)).toEqual(['shop-paying', 'shop-paying-2']);
    expect(objectives[0]?.definition.indicator).toMatchObject({ source: 'main' });
    expect(importOpenSlo(exportOpenSlo(objectives).text, { mode: 'strict' }).objectives).toEqual(objectives);
  });
});

const slo = (changes: object): string =>
  JSON.stringify({
    version: 'prometheus/v1',
    service: 'shop',
    slos: [
      {
        name: 'pay',
        objective: 99,
        sli: { events: { error_query: 'sum(rate(bad[{{.window}}]))', total_query: 'sum(rate(all[{{.window}}]))' } },
        ...changes,
      },
    ],
  });
const events = (error_query: string, total_query = 'sum(rate(all[{{.window}}]))') => ({ sli: { events: { error_query, total_query } } });

describe('its indicators', () => {
  test.each<[string, object, object]>([
    [
      'queries of labels are asked as PromQL',
      events('sum by (x) (rate(bad[{{.window}}]))'),
      { kind: 'promql', bad: 'sum by (x) (increase(bad[$window]))', valid: 'sum(increase(all[$window]))' },
    ],
    [
      'what counts otherwise is left as it is',
      events('histogram_count(x[{{.window}}])'),
      { kind: 'promql', bad: 'histogram_count(x[$window])' },
    ],
    [
      'a ratio of errors is a share of bad time',
      { sli: { raw: { error_ratio_query: 'a[{{.window}}] / b' } } },
      { kind: 'promql', badRatio: 'a[$window] / b' },
    ],
  ])('%s', (_, changes, indicator) => {
    const { objectives, problems } = importSloth(slo(changes));
    expect(problems).toEqual([]);
    expect(objectives[0]?.definition.indicator).toMatchObject(indicator);
  });
});

describe('its alerts', () => {
  const alertingOf = (alerting: object) => importSloth(slo({ alerting })).objectives[0]?.definition.alerting;
  test('both disabled are none; one disabled leaves the pairs of the other', () => {
    const off = { disable: true };
    expect(alertingOf({})).toBeUndefined();
    expect(alertingOf({ page_alert: off, ticket_alert: off })).toEqual({ preset: 'none' });
    expect(alertingOf({ page_alert: off })?.pairs?.map((pair) => pair.severity)).toEqual(['ticket', 'ticket']);
  });
  test('that no outage could reach are left out with the reason; where none is left, nothing alerts on a burn', () => {
    const read = (objective: number) => importSloth(slo({ objective, alerting: { ticket_alert: { disable: true } } }));
    expect(read(90).objectives[0]?.definition.alerting?.pairs?.map((pair) => pair.long)).toEqual(['6h']);
    const { objectives, report } = read(80);
    expect(objectives[0]?.definition.alerting).toEqual({ preset: 'none' });
    expect(report.changed.filter((leaf) => leaf.path.endsWith('disable'))).toMatchObject([
      {
        to: 'objectives.shop-pay.alerting',
        because: {
          code: 'cannot_fire',
          text: 'left out: even a full outage burns only 5.00×, so 14.4× over 1 h never fires; even a full outage burns only 5.00×, so 6× over 6 h never fires',
        },
      },
    ]);
  });
});

describe('what is wrong', () => {
  test.each<[string, string, string, string]>([
    ['an objective of 100', slo({ objective: 100 }), 'slos[0].objective', '100'],
    ['an objective above it', slo({ objective: 101 }), 'slos[0].objective', '101'],
    ['an objective that is a word', slo({ objective: 'high' }), 'slos[0].objective', '"high"'],
    ['an objective closer to 100 than can be told', slo({ objective: 99.9999999 }), 'slos[0].objective', '0.999999999'],
    ['a plugin', slo({ sli: { plugin: { id: 'x' } } }), 'slos[0].sli.plugin', '{"id":"x"}'],
    ['no indicator', slo({ sli: {} }), 'slos[0].sli', '{}'],
    ['a missing query', slo({ sli: { events: { error_query: 'a' } } }), 'slos[0].sli.events.total_query', 'nothing'],
    [
      'another template',
      slo(events('rate(x{a="{{.service}}"}[{{.window}}])')),
      'slos[0].sli.events.error_query',
      '"rate(x{a=\\"{{.service}}\\"}[{{.window}}])"',
    ],
    ['no name', slo({ name: '!' }), 'slos[0].name', '"!"'],
    ['a switch that is a word', slo({ alerting: { page_alert: { disable: 'true' } } }), 'slos[0].alerting.page_alert.disable', '"true"'],
    [
      'events and raw together',
      slo({ sli: { ...events('a').sli, raw: { error_ratio_query: 'z' } } }),
      'slos[0].sli.raw',
      '{"error_ratio_query":"z"}',
    ],
    ['another version', 'version: prometheus/v2\nservice: a\nslos: [{}]', 'version', '"prometheus/v2"'],
    ['another kind', 'apiVersion: sloth.slok.dev/v1\nkind: Pod\nspec: { service: a, slos: [{}] }', 'kind', '"Pod"'],
    ['no SLOs', 'version: prometheus/v1\nservice: a', 'slos', 'nothing'],
  ])('%s: one problem, with its place and what was received', (_, text, path, received) => {
    const { objectives, problems } = importSloth(text);
    expect(objectives).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: `documents[0].${path}`, received });
  });

  test('what is left of an SLO that was refused says so, and why', () => {
    const { report } = importSloth(slo({ objective: 100, colour: 'red' }));
    expect({ mapped: report.mapped, changed: report.changed }).toEqual({ mapped: [], changed: [] });
    expect(new Set(report.dropped.map(({ because }) => because.code))).toEqual(new Set(['objective_refused']));
    expect(report.dropped[0]?.because.text).toMatch(/^its objective was refused: documents\[0\]\.slos\[0\]\.objective must be below 100/);
  });

  test('an SLO may take over the keys of another by a merge', () => {
    const merged = FILE.replace('  - name: paying', '  - &pay\n    name: paying').trimEnd();
    expect(importSloth(`${merged}\n  - { <<: *pay, name: paying-2 }\n`).objectives.map(({ definition }) => definition)).toEqual([
      EXPECTED.definition,
      EXPECTED.definition,
    ]);
  });

  test('an SLO that is refused leaves the others', () => {
    const text = JSON.stringify({
      version: 'prometheus/v1',
      service: 'shop',
      slos: [
        { name: 'a', objective: 100 },
        { name: 'b', objective: 99, ...events('sum(rate(bad[{{.window}}]))') },
      ],
    });
    expect(importSloth(text)).toMatchObject({ objectives: [{ slug: 'shop-b' }], problems: [{}, {}] });
  });
});

test('a percentage becomes a ratio exactly', () => {
  expect([99.9, 99.99, 99.95, 99.999, 50, 7e-5, 0.1].map(ratioOfPercent)).toEqual([0.999, 0.9999, 0.9995, 0.99999, 0.5, 7e-7, 0.001]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), (billionths) => {
      const digits = String(billionths).padStart(9, '0');
      const percent = Number(`${digits.slice(0, 2)}.${digits.slice(2)}`);
      expect(ratioOfPercent(percent)).toBe(Number(`0.${digits}`));
    }),
  );
});
