import { because, type Because } from '#kernel/errors.ts';

export type RouteCode = 'ticket_does_not_page' | 'service_policy' | 'default_policy' | 'no_policy';

export interface RouteDecision<P> {
  pages: boolean;
  policy: P | undefined;
  because: Because<RouteCode>;
}

export interface RouteFacts<P> {
  severity: 'critical' | 'warning' | 'ticket';
  serviceName: string | null;
  servicePolicy: P | undefined;
  defaultPolicy: P | undefined;
}

/** Which policy pages for an alert. Tickets page nobody; everything else always pages somebody, by the fallback if need be. */
export function routeAlert<P extends { slug: string }>(facts: RouteFacts<P>): RouteDecision<P> {
  const { severity, serviceName, servicePolicy, defaultPolicy } = facts;
  if (severity === 'ticket')
    return {
      pages: false,
      policy: undefined,
      because: because('ticket_does_not_page', 'A ticket waits for the working day.', { severity }),
    };
  if (servicePolicy !== undefined)
    return {
      pages: true,
      policy: servicePolicy,
      because: because('service_policy', `${serviceName ?? 'The service'} is looked after by the policy ${servicePolicy.slug}.`, {
        service: serviceName,
        policy: servicePolicy.slug,
      }),
    };
  if (defaultPolicy !== undefined)
    return {
      pages: true,
      policy: defaultPolicy,
      because: because('default_policy', `No policy names the service; the default ${defaultPolicy.slug} is used.`, {
        service: serviceName,
        policy: defaultPolicy.slug,
      }),
    };
  return {
    pages: true,
    policy: undefined,
    because: because('no_policy', 'There is no policy; the fallback contact is alarmed.', { service: serviceName }),
  };
}
