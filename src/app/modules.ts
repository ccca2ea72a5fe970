import type { Contract, Handlers } from '#kernel/operation.ts';
import { routes as alerts } from '#modules/alerts/index.ts';
import { routes as catalog } from '#modules/catalog/index.ts';
import { jobs as escalationJobs, routes as escalation } from '#modules/escalation/index.ts';
import { routes as identity } from '#modules/identity/index.ts';
import { deliverJob, type NotifyParts, routes as notify } from '#modules/notify/index.ts';
import { routes as oncall } from '#modules/oncall/index.ts';
import type { HttpCall, Route } from '#platform/http/call.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import { contracts } from '#contracts';
import { subscriptionJobs } from './subscriptions.ts';

export interface ModuleParts extends NotifyParts {
  demo: boolean;
}

/** All handlers, each against its operation. */
export function moduleRoutes(parts: ModuleParts): Route[] {
  return [
    ...bind(contracts.identity, identity({ demo: parts.demo })),
    ...bind(contracts.catalog, catalog),
    ...bind(contracts.notify, notify),
    ...bind(contracts.oncall, oncall),
    ...bind(contracts.alerts, alerts({ publicUrl: parts.publicUrl })),
    ...bind(contracts.escalation, escalation({ secret: parts.secret })),
  ];
}

export function moduleJobs(parts: ModuleParts): JobHandler[] {
  return [deliverJob(parts), ...escalationJobs, ...subscriptionJobs];
}

function bind<C extends Contract>(contract: C, handlers: Handlers<C, HttpCall>): Route[] {
  return Object.entries(contract).map(([name, operation]) => ({ operation, handle: handlers[name] as Route['handle'] }));
}
