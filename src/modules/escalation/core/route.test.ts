import { describe, expect, it } from 'vitest';
import { type RouteFacts, routeAlert } from './route.ts';

const facts: RouteFacts<{ slug: string }> = {
  severity: 'critical',
  serviceName: 'Checkout',
  servicePolicy: { slug: 'payments' },
  defaultPolicy: { slug: 'everybody' },
};

describe('routing an alert', () => {
  it('uses the policy that names the service', () => {
    expect(routeAlert(facts)).toMatchObject({
      pages: true,
      policy: { slug: 'payments' },
      because: { code: 'service_policy', facts: { service: 'Checkout', policy: 'payments' } },
    });
  });
  it('uses the default policy otherwise', () => {
    expect(routeAlert({ ...facts, servicePolicy: undefined })).toMatchObject({
      policy: { slug: 'everybody' },
      because: { code: 'default_policy', facts: { policy: 'everybody' } },
    });
  });
  it('pages the fallback when there is no policy at all', () => {
    expect(routeAlert({ ...facts, servicePolicy: undefined, defaultPolicy: undefined })).toMatchObject({
      pages: true,
      policy: undefined,
      because: { code: 'no_policy' },
    });
  });
  it('lets a ticket wait', () => {
    expect(routeAlert({ ...facts, severity: 'ticket' })).toMatchObject({
      pages: false,
      because: { code: 'ticket_does_not_page', facts: { severity: 'ticket' } },
    });
  });
});
