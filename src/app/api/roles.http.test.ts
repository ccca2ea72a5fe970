import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contracts } from '#contracts';
import type { OperationShape } from '#kernel/operation.ts';
import { liveOperation } from '#platform/http/live.ts';
import { urlOf } from '#platform/http/server.ts';
import { createWorld, type World } from '#testing/world.ts';

type Caller = 'anonymous' | 'viewer' | 'responder' | 'editor' | 'admin' | 'narrowed';

const EVERYBODY: readonly Caller[] = ['anonymous', 'viewer', 'responder', 'editor', 'admin', 'narrowed'];
const SIGNED_IN: readonly Caller[] = ['viewer', 'responder', 'editor', 'admin'];
const RESPONDERS: readonly Caller[] = ['responder', 'editor', 'admin'];
const EDITORS: readonly Caller[] = ['editor', 'admin'];
const ADMINS: readonly Caller[] = ['admin'];

/**
 * Who may call what, written down apart from the contracts: a changed scope or a new operation fails here until somebody
 * has thought about it. `narrowed` is an administrator's key narrowed to catalog.listServices.
 */
const MAY_CALL: Record<string, readonly Caller[]> = {
  'identity.session': EVERYBODY,
  'identity.setUp': EVERYBODY,
  'identity.signIn': EVERYBODY,
  'identity.signOut': SIGNED_IN,
  'identity.listPeople': SIGNED_IN,
  'identity.createPerson': ADMINS,
  'identity.updatePerson': ADMINS,
  'identity.listKeys': ADMINS,
  'identity.createKey': ADMINS,
  'identity.revokeKey': ADMINS,
  'identity.listAudit': ADMINS,
  'jobs.listDead': ADMINS,
  'jobs.retryDead': ADMINS,
  'catalog.listServices': [...SIGNED_IN, 'narrowed'],
  'catalog.getService': SIGNED_IN,
  'catalog.putService': EDITORS,
  'changes.recordChange': RESPONDERS,
  'changes.listChanges': SIGNED_IN,
  'changes.getChange': SIGNED_IN,
  'notify.listContactMethods': RESPONDERS,
  'notify.createContactMethod': RESPONDERS,
  'notify.deleteContactMethod': RESPONDERS,
  'notify.sendTest': RESPONDERS,
  'notify.getDelivery': SIGNED_IN,
  'oncall.listSchedules': SIGNED_IN,
  'oncall.getSchedule': SIGNED_IN,
  'oncall.putSchedule': EDITORS,
  'oncall.createOverride': RESPONDERS,
  'oncall.removeOverride': RESPONDERS,
  'alerts.intake': EVERYBODY,
  'alerts.listAlerts': SIGNED_IN,
  'alerts.getAlert': SIGNED_IN,
  'alerts.resolveAlert': RESPONDERS,
  'alerts.listIntegrations': SIGNED_IN,
  'alerts.createIntegration': EDITORS,
  'alerts.revokeIntegration': EDITORS,
  'signals.receiveOtlp': RESPONDERS,
  'signals.listSources': SIGNED_IN,
  'signals.getSource': SIGNED_IN,
  'signals.putSource': ADMINS,
  'signals.deleteSource': ADMINS,
  'signals.testSource': EDITORS,
  'slo.listObjectives': SIGNED_IN,
  'slo.getObjective': SIGNED_IN,
  'slo.getSeries': SIGNED_IN,
  'slo.putObjective': EDITORS,
  'slo.deleteObjective': EDITORS,
  'slo.pushCounts': RESPONDERS,
  'slo.listVersions': SIGNED_IN,
  'slo.listGroups': SIGNED_IN,
  'slo.explainObjective': SIGNED_IN,
  'slo.listReviews': SIGNED_IN,
  'slo.reviewLevel': RESPONDERS,
  'slo.listCorrections': SIGNED_IN,
  'slo.proposeCorrection': RESPONDERS,
  'slo.createCorrection': EDITORS,
  'slo.decideCorrection': EDITORS,
  'slo.spentByStretch': SIGNED_IN,
  'slo.backtestObjective': SIGNED_IN,
  'slo.previewObjective': EDITORS,
  'slo.testObjective': SIGNED_IN,
  'slo.planObjectives': SIGNED_IN,
  'slo.applyObjectives': EDITORS,
  'slo.exportObjectives': SIGNED_IN,
  'slo.importObjectives': SIGNED_IN,
  'slo.listBudgetPolicies': SIGNED_IN,
  'slo.getBudgetPolicy': SIGNED_IN,
  'slo.getBudgetPolicyDocument': SIGNED_IN,
  'slo.putBudgetPolicy': EDITORS,
  'slo.signBudgetPolicy': RESPONDERS,
  'slo.setServiceBudgetPolicy': EDITORS,
  'escalation.listPages': SIGNED_IN,
  'escalation.getPage': SIGNED_IN,
  'escalation.acknowledge': RESPONDERS,
  'escalation.listPageDeliveries': SIGNED_IN,
  'escalation.showLink': EVERYBODY,
  'escalation.useLink': EVERYBODY,
  'escalation.listPolicies': SIGNED_IN,
  'escalation.putPolicy': EDITORS,
  'incidents.listIncidents': SIGNED_IN,
  'incidents.getIncident': SIGNED_IN,
  'incidents.declare': RESPONDERS,
  'incidents.importIncident': EDITORS,
  'incidents.postUpdate': RESPONDERS,
  'incidents.addNote': RESPONDERS,
  'incidents.assignRole': RESPONDERS,
  'incidents.changeSeverity': RESPONDERS,
  'incidents.mitigate': RESPONDERS,
  'incidents.resolve': RESPONDERS,
  'incidents.linkAlert': RESPONDERS,
  'statuspage.getStatus': EVERYBODY,
  'statuspage.showStatus': EVERYBODY,
  'postmortems.listPostmortems': SIGNED_IN,
  'postmortems.getPostmortem': SIGNED_IN,
  'postmortems.getMarkdown': SIGNED_IN,
  'postmortems.editPostmortem': RESPONDERS,
  'postmortems.addAction': RESPONDERS,
  'postmortems.updateAction': RESPONDERS,
  'postmortems.listActions': SIGNED_IN,
  'releases.getGate': SIGNED_IN,
  'releases.approveChange': RESPONDERS,
  'releases.listApprovals': SIGNED_IN,
  'releases.withdrawApproval': RESPONDERS,
  'demo.state': SIGNED_IN,
  'demo.outage': RESPONDERS,
  'demo.rollback': RESPONDERS,
  'live.events': SIGNED_IN,
};

const OPERATIONS: OperationShape[] = [
  ...Object.values(contracts).flatMap((contract) => Object.values<OperationShape>(contract)),
  liveOperation,
];

describe('who may call what', () => {
  let world: World;
  const keys = new Map<Caller, string>();

  beforeAll(async () => {
    world = await createWorld();
    for (const role of ['viewer', 'responder', 'editor', 'admin'] as const) keys.set(role, await world.keyFor(role));
    keys.set('narrowed', await world.keyFor('admin', ['catalog.listServices']));
  });
  afterAll(() => world.destroy());

  /** Calls with nothing that could be acted on; whether it got past the door is told by the facts of the refusal. */
  const isLetIn = async (operation: OperationShape, caller: Caller): Promise<boolean> => {
    const key = keys.get(caller);
    const answer = await world.app.http.inject({
      method: operation.method,
      url: urlOf(operation).replaceAll(/:\w+/g, 'x'),
      // A cursor that is none keeps the stream of events from beginning.
      headers: { 'last-event-id': 'none', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    });
    expect(answer.statusCode, `${operation.id} by ${caller}: ${answer.payload}`).toBeLessThan(500);
    if (answer.statusCode !== 401 && answer.statusCode !== 403) return true;
    return answer.json<{ facts: { needs?: string } }>().facts.needs === undefined;
  };

  it('is written down for every operation, and for none that is gone', () => {
    expect(OPERATIONS.map((operation) => operation.id).toSorted()).toEqual(Object.keys(MAY_CALL).toSorted());
  });

  it.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s', async (id, operation) => {
    const letIn: Caller[] = [];
    for (const caller of EVERYBODY) if (await isLetIn(operation, caller)) letIn.push(caller);
    expect(letIn).toEqual(EVERYBODY.filter((caller) => MAY_CALL[id]?.includes(caller)));
  });
});
