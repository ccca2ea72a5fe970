import type { Contract, Handlers } from '#kernel/operation.ts';
import { routes as alerts } from '#modules/alerts/index.ts';
import { routes as catalog } from '#modules/catalog/index.ts';
import { routes as changes } from '#modules/changes/index.ts';
import { jobs as escalationJobs, routes as escalation } from '#modules/escalation/index.ts';
import { prune as pruneIdentity, routes as identity } from '#modules/identity/index.ts';
import { routes as jobs } from '#modules/jobs/index.ts';
import { jobs as incidentJobs, routes as incidents } from '#modules/incidents/index.ts';
import { deliverJob, type NotifyParts, routes as notify } from '#modules/notify/index.ts';
import { routes as oncall } from '#modules/oncall/index.ts';
import { routes as postmortems } from '#modules/postmortems/index.ts';
import { jobs as releaseJobs, routes as releases } from '#modules/releases/index.ts';
import { type ConnectSource, jobs as signalJobs, openSource, pruneHours, routes as signals } from '#modules/signals/index.ts';
import { jobs as sloJobs, listIndicatorUses, type ObjectiveBook, type ObjectiveReader, routes as slo } from '#modules/slo/index.ts';
import { routes as statuspage } from '#modules/statuspage/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { HttpCall, Route } from '#platform/http/call.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import { pruneJob } from '#platform/jobs/prune.ts';
import { contracts } from '#contracts';
import { type DemoPlace, demoRoutes } from './demo-routes.ts';

export interface ModuleParts extends NotifyParts {
  demo: boolean;
  book: ObjectiveBook;
  objectives: ObjectiveReader;
  evaluateEveryMs: number;
  clock: Clock;
  connectSource: ConnectSource;
  demoPlace: DemoPlace;
}

/** All handlers, each against its operation. */
export function moduleRoutes(parts: ModuleParts): Route[] {
  return [
    ...bind(contracts.identity, identity({ demo: parts.demo })),
    ...bind(contracts.jobs, jobs),
    ...bind(contracts.catalog, catalog),
    ...bind(contracts.changes, changes),
    ...bind(contracts.notify, notify),
    ...bind(contracts.oncall, oncall),
    ...bind(contracts.alerts, alerts({ publicUrl: parts.publicUrl })),
    ...bind(contracts.signals, signals({ ...parts, listUses: listIndicatorUses })),
    ...bind(contracts.slo, slo({ reader: parts.objectives, book: parts.book, openSource: openSource(parts.connectSource) })),
    ...bind(contracts.escalation, escalation({ secret: parts.secret })),
    ...bind(contracts.incidents, incidents),
    ...bind(contracts.statuspage, statuspage(parts.objectives)),
    ...bind(contracts.postmortems, postmortems),
    ...bind(contracts.releases, releases(parts.objectives)),
    ...bind(contracts.demo, demoRoutes(parts.demoPlace)),
  ];
}

export function moduleJobs(parts: ModuleParts): JobHandler[] {
  return [
    deliverJob(parts),
    pruneJob([pruneIdentity, pruneHours]),
    ...signalJobs({ ...parts, listUses: listIndicatorUses, memory: new Map() }),
    ...sloJobs({ book: parts.book, everyMs: parts.evaluateEveryMs }),
    ...escalationJobs,
    ...incidentJobs,
    ...releaseJobs(parts.objectives),
  ];
}

function bind<C extends Contract>(contract: C, handlers: Handlers<C, HttpCall>): Route[] {
  return Object.entries(contract).map(([name, operation]) => ({ operation, handle: handlers[name] as Route['handle'] }));
}
