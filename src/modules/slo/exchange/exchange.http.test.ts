import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '#kernel/instant.ts';
import { createScriptedSource } from '#testing/scripted-source.ts';
import { createWorld, type World } from '#testing/world.ts';

const SECRETS = ['hunter2', 'sesame'];
const OPENSLO = `
apiVersion: openslo/v1
kind: DataSource
metadata: { name: my-prom, displayName: My Prom }
spec: { type: Prometheus, connectionDetails: { url: 'https://metrics.example/prom' } }
---
apiVersion: openslo/v1
kind: Service
metadata: { name: checkout, displayName: Checkout }
spec: { description: the checkout }
---
apiVersion: openslo/v1
kind: SLO
metadata: { name: pay }
spec:
  service: checkout
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  objectives: [{ target: 0.9 }]
  indicator:
    metadata: { name: pay }
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: Prometheus, metricSourceRef: my-prom, spec: { query: 'requests_total{code="200"}' } } }
        total: { metricSource: { type: Prometheus, metricSourceRef: my-prom, spec: { query: requests_total } } }
  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: fast }
      spec:
        notificationTargets: [{ targetRef: on-call }]
        conditions:
          - kind: AlertCondition
            metadata: { name: fast }
            spec: { severity: page, condition: { kind: burnrate, op: gt, threshold: 2, lookbackWindow: 15m } }
          - kind: AlertCondition
            metadata: { name: dead }
            spec: { severity: page, condition: { kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h } }
`;

describe('objectives of elsewhere', () => {
  let world: World;
  const source = createScriptedSource({ requests_total: [], 'requests_total{code="200"}': [] });
  const read = (text: string) => world.api.slo.importObjectives({ body: { format: 'openslo', text } });

  beforeAll(async () => {
    world = await createWorld({ start: instant(Date.UTC(2026, 10, 19, 12)), connectSource: source.connect });
  });
  afterAll(() => world.destroy());

  it('can be applied as they were read, and are exported with their services and sources, without secrets', async () => {
    const first = await read(OPENSLO);
    expect(first).toMatchObject({
      services: [{ slug: 'checkout', name: 'Checkout', description: 'the checkout' }],
      sources: [{ slug: 'my-prom', name: 'My Prom', url: 'https://metrics.example/prom' }],
      problems: [],
    });
    for (const { slug, name, description } of first.services)
      await world.api.catalog.putService({ params: { slug }, body: { name, description, tier: 1, owner: 'Payments' } });
    for (const { slug, name, url } of [...first.sources, { slug: 'unused', name: 'Unused', url: 'https://unused.example' }]) {
      const auth = { kind: 'basic', user: 'nines', password: 'hunter2' } as const;
      await world.api.signals.putSource({ params: { slug }, body: { name, address: url ?? '', auth, headers: { 'X-Door': 'sesame' } } });
    }
    await world.api.slo.applyObjectives({ body: { documents: first.documents } });

    const { text, leftOut } = await world.api.slo.exportObjectives({ query: { format: 'openslo' } });
    expect(leftOut).toEqual([]);
    for (const secret of [...SECRETS, 'unused']) expect(text).not.toContain(secret);
    const again = await world.api.slo.importObjectives({ body: { format: 'openslo', text, mode: 'strict' } });
    expect(again).toMatchObject({ documents: first.documents, services: first.services, sources: first.sources, problems: [] });
    expect({ changed: again.report.changed, dropped: again.report.dropped }).toEqual({ changed: [], dropped: [] });
  });
});
