import type { Instant } from '#kernel/instant.ts';
import { iso } from '#kernel/instant.ts';
import { loadServiceBySlug } from '#modules/catalog/index.ts';
import { listOpenOnServices } from '#modules/incidents/index.ts';
import type { ObjectiveReader, Standing } from '#modules/slo/index.ts';
import type { Db } from '#platform/verb.ts';
import type { GateView } from './contract.ts';
import { decideGate, type GateChange, type GateObjective } from './core/gate.ts';

/** Loads what the gate judges by and asks it. Budgets and incidents are those of now; the day is that of `at`. */
export async function askGate(
  db: Db,
  reader: ObjectiveReader,
  request: { slug: string; change: GateChange; now: Instant; at: Instant },
): Promise<GateView> {
  const service = await loadServiceBySlug(db, request.slug);
  const incidents = await listOpenOnServices(db, [service.id]);
  const decision = decideGate(
    {
      service: service.slug,
      zone: service.zone,
      objectives: (await reader.standings(db, [service.id], request.now)).map(gateObjective),
      openIncidents: incidents.map((incident) => ({ id: `INC-${incident.number}`, severity: incident.severity })),
      approvedBy: [],
    },
    request.change,
    request.at,
  );
  return { service: service.slug, at: iso(request.at), ...decision };
}

function gateObjective({ name, level, remainingRatio, policy, says }: Standing): GateObjective {
  if (says === null) return { name, level, remainingRatio, rule: null };
  const { name: levelName, gate, consequences } = says;
  return { name, level, remainingRatio, rule: { policy: policy.slug, policyName: policy.name, levelName, gate, consequences } };
}
