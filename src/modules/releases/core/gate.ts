import { type Because, because } from '#kernel/errors.ts';
import type { Instant } from '#kernel/instant.ts';
import { weekdayAt } from '#kernel/zoned.ts';

/**
 * May this change go out now? In this order:
 *
 * 1. A rollback, and a change labelled `fix`, pass at every level and during any incident: they are the way out.
 * 2. An open SEV1 or SEV2 on the service denies.
 * 3. The worst objective of the service decides: healthy allows; caution allows, but denies on Fridays in the service's
 *    zone; slow needs approval; frozen and exhausted deny; no data, and no objective at all, need approval. No data ranks
 *    between caution and slow.
 * 4. An approval turns "needs approval" into allow, and nothing else.
 *
 * Every reason that applies is given, the deciding one first.
 */
export interface GateFacts {
  service: string;
  /** IANA zone in which it is or is not Friday. */
  zone: string;
  objectives: readonly { name: string; level: GateLevel; remainingRatio: number | null }[];
  openIncidents: readonly { id: string; severity: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4' }[];
  /** Names of those who approved this change. */
  approvedBy: readonly string[];
}

export interface GateChange {
  kind: 'deploy' | 'config' | 'flag' | 'migration' | 'rollback';
  labels: readonly string[];
}

/** Budget levels from best to worst. */
export const GATE_LEVELS = ['healthy', 'caution', 'no_data', 'slow', 'frozen', 'exhausted'] as const;
export type GateLevel = (typeof GATE_LEVELS)[number];

export type GateCode =
  | 'rollback_passes'
  | 'fix_passes'
  | 'open_incident'
  | 'budget_healthy'
  | 'budget_caution'
  | 'friday_at_caution'
  | 'budget_slow'
  | 'budget_frozen'
  | 'budget_exhausted'
  | 'budget_no_data'
  | 'no_objectives'
  | 'approved';

export interface GateDecision {
  decision: 'allow' | 'needs_approval' | 'deny';
  /** Of the worst objective; `no_data` without objectives. */
  level: GateLevel;
  because: Because<GateCode>[];
}

const FRIDAY = 5;

export function decideGate(facts: GateFacts, change: GateChange, at: Instant): GateDecision {
  const worst = worstOf(facts.objectives);
  const level = worst?.level ?? 'no_data';
  const pass = passOf(change);
  const incidents = facts.openIncidents.filter(({ severity }) => severity === 'SEV1' || severity === 'SEV2').map(incidentReason);
  const budget = judgeLevel(facts, worst, at);
  if (pass !== null) return { decision: 'allow', level, because: [pass, ...incidents, budget.because] };
  if (incidents.length > 0) return { decision: 'deny', level, because: [...incidents, budget.because] };
  const by = facts.approvedBy.join(', ');
  if (budget.decision === 'needs_approval' && by !== '') {
    return { decision: 'allow', level, because: [because('approved', `approved by ${by}`, { by }), budget.because] };
  }
  return { decision: budget.decision, level, because: [budget.because] };
}

function worstOf(objectives: GateFacts['objectives']): GateFacts['objectives'][number] | null {
  const rank = (objective: GateFacts['objectives'][number]): number => GATE_LEVELS.indexOf(objective.level);
  // At one level, the objective with least left speaks.
  const left = (objective: GateFacts['objectives'][number]): number => objective.remainingRatio ?? Number.POSITIVE_INFINITY;
  const sorted = [...objectives].sort((a, b) => rank(b) - rank(a) || (left(a) < left(b) ? -1 : left(a) > left(b) ? 1 : 0));
  return sorted[0] ?? null;
}

function passOf(change: GateChange): Because<GateCode> | null {
  if (change.kind === 'rollback') return because('rollback_passes', 'a rollback passes at every level', { kind: change.kind });
  if (change.labels.includes('fix')) return because('fix_passes', 'a change labelled fix passes at every level', { label: 'fix' });
  return null;
}

function incidentReason(incident: GateFacts['openIncidents'][number]): Because<GateCode> {
  return because('open_incident', `${incident.severity} ${incident.id} is open on the service`, {
    incidentId: incident.id,
    severity: incident.severity,
  });
}

function judgeLevel(
  facts: GateFacts,
  worst: GateFacts['objectives'][number] | null,
  at: Instant,
): { decision: GateDecision['decision']; because: Because<GateCode> } {
  if (worst === null) {
    return {
      decision: 'needs_approval',
      because: because('no_objectives', `${facts.service} has no objective to judge by`, { service: facts.service }),
    };
  }
  const { name, level, remainingRatio } = worst;
  const figures = { objective: name, level, remainingRatio, zone: facts.zone };
  const left = remainingRatio === null ? '' : ` (${(Math.floor(remainingRatio * 1000) / 10).toFixed(1)} % left)`;
  const reason = (code: GateCode, text: string): Because<GateCode> => because(code, text, figures);
  switch (level) {
    case 'healthy':
      return { decision: 'allow', because: reason('budget_healthy', `the budget of ${name} is healthy${left}`) };
    case 'caution':
      return weekdayAt(at, facts.zone) === FRIDAY
        ? {
            decision: 'deny',
            because: reason('friday_at_caution', `the budget of ${name} calls for caution${left}, and it is Friday in ${facts.zone}`),
          }
        : {
            decision: 'allow',
            because: reason('budget_caution', `the budget of ${name} calls for caution${left}: test more, watch 30 min after it`),
          };
    case 'slow':
      return { decision: 'needs_approval', because: reason('budget_slow', `the budget of ${name} is low${left}: each change is approved`) };
    case 'frozen':
      return {
        decision: 'deny',
        because: reason('budget_frozen', `the budget of ${name} is nearly spent${left}: only fixes and reliability work`),
      };
    case 'exhausted':
      return {
        decision: 'deny',
        because: reason('budget_exhausted', `the budget of ${name} is spent${left}: only fixes and reliability work`),
      };
    case 'no_data':
      return { decision: 'needs_approval', because: reason('budget_no_data', `the budget of ${name} is not known`) };
  }
}
