import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '#kernel/instant.ts';
import { readCompany } from './company.ts';
import { CUSTOMER_RATES } from './shop/customers.ts';

const company = readCompany();
const people = new Set(company.people.map((person) => person.key));

describe('the sample company', () => {
  it('names only people, services, schedules and objectives that it has', () => {
    const named = [
      ...Object.values(company.schedules).flatMap((schedule) => schedule.participants),
      ...company.incidents.flatMap((incident) => [incident.declared.commander, ...Object.values(incident.roles)]),
      ...company.incidents.flatMap((incident) => incident.postmortem?.actions.map((action) => action.owner) ?? []),
    ];
    expect(named.filter((key) => !people.has(key))).toEqual([]);
    const services = [
      ...Object.values(company.policies).flatMap((policy) => policy.services),
      ...Object.values(company.objectives).map((objective) => objective.definition.service),
      ...company.changes.map((change) => change.body.service),
      ...company.incidents.flatMap((incident) => incident.services),
    ];
    expect(services.filter((slug) => !(slug in company.services))).toEqual([]);
    const targets = Object.values(company.policies).flatMap((policy) =>
      policy.steps.flatMap((step) => step.targets.map((target) => target.schedule)),
    );
    expect(targets.filter((slug) => !(slug in company.schedules))).toEqual([]);
    expect(company.incidents.flatMap((incident) => Object.keys(incident.spends)).filter((slug) => !(slug in company.objectives))).toEqual(
      [],
    );
  });

  it('has no address of anybody', () => {
    expect(company.people.every((person) => person.email.endsWith('@example.com'))).toBe(true);
  });

  it('has incidents whose moments are in order, with an hour that ends while each lasts', () => {
    for (const { title, declared, mitigated, resolved, updates, notes, impactAt, spends, daysAgo } of company.incidents) {
      expect([title, declared.after <= mitigated.after, mitigated.after <= resolved.after]).toEqual([title, true, true]);
      const moments = [...updates, ...notes].map((moment) => moment.after);
      expect(Math.max(...moments)).toBeLessThanOrEqual(resolved.after);
      expect(Math.min(...moments)).toBeGreaterThanOrEqual(declared.after);
      if (Object.keys(spends).length === 0) continue;
      // Counts older than three days are kept by the hour, and belong to the incident in which their hour ends.
      const minute = Number(impactAt.slice(3));
      expect([title, minute + mitigated.after >= 60]).toEqual([title, true]);
      expect(daysAgo * DAY_MS).toBeGreaterThan(5 * DAY_MS + HOUR_MS);
    }
  });

  it('has a history at the rate of its shop', () => {
    const checkout = CUSTOMER_RATES['POST /checkout'];
    const rates = Object.entries(company.objectives).map(([slug, { history }]) => [slug, history.ratePerSecond]);
    expect(Object.fromEntries(rates)).toEqual({
      'checkout-availability': checkout,
      'payments-availability': checkout,
      'web-availability': CUSTOMER_RATES['GET /'],
      'catalog-availability': CUSTOMER_RATES['GET /catalog'],
      'search-availability': CUSTOMER_RATES['GET /search?q=Tern'],
    });
  });

  it('spends no more of a budget in the last thirty days than is gone', () => {
    for (const [slug, { history }] of Object.entries(company.objectives)) {
      const spent = company.incidents
        .filter((incident) => incident.daysAgo < 29)
        .reduce((sum, incident) => sum + (incident.spends[slug] ?? 0), 0);
      expect([slug, spent <= 1 - history.remainingRatio]).toEqual([slug, true]);
    }
    expect(company.objectives['checkout-availability']?.history.remainingRatio).toBeGreaterThan(0.5);
    expect(company.objectives['checkout-availability']?.history.remainingRatio).toBeLessThan(0.53);
  });
});
