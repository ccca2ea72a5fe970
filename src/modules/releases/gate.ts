import type { Instant } from '#kernel/instant.ts';
import { iso } from '#kernel/instant.ts';
import { loadServiceBySlug } from '#modules/catalog/index.ts';
import { listOpenOnServices } from '#modules/incidents/index.ts';
import { listOpenReviewsOfServices, type ObjectiveReader, type OpenReview, pendingReview, type Standing } from '#modules/slo/index.ts';
import type { Db } from '#platform/verb.ts';
import { listApprovalsOfChange } from './approvals/store.ts';
import type { GateView } from './contract.ts';
import { approversOf } from './core/approval.ts';
import { decideGate, type GateChange, type GateObjective, type GateReview, type GateRule } from './core/gate.ts';

/** Loads what the gate judges by and asks it. Budgets and incidents are those of now; the day is that of `at`. */
export async function askGate(
  db: Db,
  reader: ObjectiveReader,
  request: { slug: string; change: GateChange; now: Instant; at: Instant },
): Promise<GateView> {
  const service = await loadServiceBySlug(db, request.slug);
  const owed = Map.groupBy(await listOpenReviewsOfServices(db, [service.id]), (review) => review.slug);
  const standings = await reader.standings(db, [service.id], request.now);
  const incidents = await listOpenOnServices(db, [service.id]);
  const { change, now, at } = request;
  const approvals = change.ref === null ? [] : await listApprovalsOfChange(db, service.id, change.ref);
  const given = approvals.map((row) => ({ ...row, by: row.approvedBy.name }));
  const decision = decideGate(
    {
      service: service.slug,
      zone: service.zone,
      objectives: standings.map((standing) => gateObjective(standing, owed.get(standing.slug) ?? [])),
      openIncidents: incidents.map((incident) => ({ id: `INC-${incident.number}`, severity: incident.severity })),
      approvedBy: approversOf(given, change, { now, at }),
    },
    change,
    at,
  );
  return { service: service.slug, at: iso(at), ...decision };
}

function gateObjective({ slug, name, level, remainingRatio, policy, says }: Standing, owed: readonly OpenReview[]): GateObjective {
  const pending = pendingReview(owed, level);
  const rule = says === null ? null : ruleOf(policy, says);
  return { slug, name, level, remainingRatio, rule, review: pending === null ? null : reviewOf(pending) };
}

function reviewOf({ level, since, policySlug, policyName, rule }: OpenReview): GateReview {
  return { level, since, rule: ruleOf({ slug: policySlug, name: policyName }, rule) };
}

function ruleOf(policy: { slug: string; name: string }, { name, gate, consequences }: OpenReview['rule']): GateRule {
  return { policy: policy.slug, policyName: policy.name, levelName: name, gate, consequences };
}
