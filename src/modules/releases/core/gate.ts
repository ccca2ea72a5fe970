import { type Because, because } from '#kernel/errors.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import { weekdayAt } from '#kernel/zoned.ts';

/**
 * May this change go out now? In this order:
 *
 * 1. A rollback, and a change labelled `fix`, pass at every level and during any incident: they are the way out.
 * 2. An open SEV1 or SEV2 on the service denies.
 * 3. Each objective of the service answers by what its budget policy says of the level it is at: allow, allow but on
 *    Fridays in the service's zone, needs approval, deny. No data, and no objective at all, need approval. The strictest
 *    answer counts; among equals that of the worst level, with no data between caution and slow.
 * 4. An objective whose budget has left a level that asks for a review answers as at that level until it is recorded, and
 *    never milder than at the level of now.
 * 5. An approval of the change, which is known by its `ref`, turns "needs approval" into allow, and nothing else.
 *
 * Every reason that applies is given, the deciding one first.
 */
export interface GateFacts {
  service: string;
  /** IANA zone in which it is or is not Friday. */
  zone: string;
  objectives: readonly GateObjective[];
  openIncidents: readonly { id: string; severity: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4' }[];
  /** Names of those who approved this change. */
  approvedBy: readonly string[];
}

export interface GateObjective {
  slug: string;
  name: string;
  level: GateLevel;
  remainingRatio: number | null;
  /** What its budget policy says of that level; null where nothing is known. */
  rule: GateRule | null;
  /** The worst level that it has left and that still awaits its review, if any. */
  review: GateReview | null;
}

export interface GateReview {
  level: Exclude<GateLevel, 'no_data'>;
  /** When that level was entered. */
  since: Instant;
  /** What the policy said of it then. */
  rule: GateRule;
}

export interface GateRule {
  /** Slug and name of the policy. */
  policy: string;
  policyName: string;
  /** The level as the policy calls it. */
  levelName: string;
  gate: 'allow' | 'allow_except_fridays' | 'needs_approval' | 'deny';
  consequences: readonly string[];
}

export interface GateChange {
  kind: 'deploy' | 'config' | 'flag' | 'migration' | 'rollback';
  labels: readonly string[];
  /** What it is called, as a commit or version; null where whoever asks has not said. */
  ref: string | null;
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
  | 'no_fridays'
  | 'budget_slow'
  | 'budget_frozen'
  | 'budget_exhausted'
  | 'budget_no_data'
  | 'review_pending'
  | 'no_objectives'
  | 'approved'
  | 'approval_missing';

export interface GateDecision {
  decision: 'allow' | 'needs_approval' | 'deny';
  /** Of the objective that decides; `no_data` without objectives. */
  level: GateLevel;
  because: Because<GateCode>[];
}

const FRIDAY = 5;

export function decideGate(facts: GateFacts, change: GateChange, at: Instant): GateDecision {
  const { level, decision, because: budget } = strictest(facts, at);
  const pass = passOf(change);
  const incidents = facts.openIncidents.filter(({ severity }) => severity === 'SEV1' || severity === 'SEV2').map(incidentReason);
  if (pass !== null) return { decision: 'allow', level, because: [pass, ...incidents, budget] };
  if (incidents.length > 0) return { decision: 'deny', level, because: [...incidents, budget] };
  const by = facts.approvedBy.join(', ');
  if (decision === 'needs_approval' && by !== '')
    return { decision: 'allow', level, because: [because('approved', `approved by ${by}`, { by }), budget] };
  const reasons = decision === 'needs_approval' ? [budget, missing(facts.service, change)] : [budget];
  return { decision, level, because: reasons };
}

/** How an approval is got. */
function missing(service: string, { kind, ref }: GateChange): Because<GateCode> {
  const ofKind = kind === 'deploy' ? '' : ` --kind ${kind}`;
  const how = `nines gate approve ${service} --ref ${ref ?? '<ref>'}${ofKind} --reason "…"`;
  const text =
    ref === null
      ? `an approval is given to one ${kind}: name it by its ref, as its commit or version, and have somebody approve it with \`${how}\` or on the page Now`
      : `nobody has approved the ${kind} ${ref}: somebody who may respond does with \`${how}\` or on the page Now`;
  return because('approval_missing', text, { service, kind, ref });
}

interface Answer {
  level: GateLevel;
  decision: GateDecision['decision'];
  because: Because<GateCode>;
}

const STRICTNESS: readonly GateDecision['decision'][] = ['allow', 'needs_approval', 'deny'];

function strictest(facts: GateFacts, at: Instant): Answer {
  const answers = facts.objectives.map((objective) => ({ objective, answer: judgeObjective(objective, facts.zone, at) }));
  // At one level, the objective with least left speaks.
  const left = ({ remainingRatio }: GateObjective): number => remainingRatio ?? Number.MAX_VALUE;
  const [first] = answers.sort(
    (a, b) =>
      STRICTNESS.indexOf(b.answer.decision) - STRICTNESS.indexOf(a.answer.decision) ||
      GATE_LEVELS.indexOf(b.answer.level) - GATE_LEVELS.indexOf(a.answer.level) ||
      left(a.objective) - left(b.objective),
  );
  if (first !== undefined) return first.answer;
  const none = because('no_objectives', `${facts.service} has no objective to judge by`, { service: facts.service });
  return { level: 'no_data', decision: 'needs_approval', because: none };
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

function judgeObjective(objective: GateObjective, zone: string, at: Instant): Answer {
  const now = asNow(objective, zone, at);
  if (objective.review === null) return now;
  const before = asBefore(objective, objective.review, zone, at);
  return STRICTNESS.indexOf(before.decision) < STRICTNESS.indexOf(now.decision) ? now : before;
}

/** Behind a sentence on a budget: what is left of it, where that is known. */
export function leftText(remainingRatio: number | null): string {
  return remainingRatio === null ? '' : ` (${(Math.floor(remainingRatio * 1000) / 10).toFixed(1)} % left)`;
}

function asNow({ name, level, remainingRatio, rule }: GateObjective, zone: string, at: Instant): Answer {
  const figures = { objective: name, level, remainingRatio, zone, policy: rule?.policy ?? null };
  if (rule === null || level === 'no_data') {
    return { level, decision: 'needs_approval', because: because('budget_no_data', `the budget of ${name} is not known`, figures) };
  }
  const says = `${rule.policyName}, level ${rule.levelName} by the budget of ${name}${leftText(remainingRatio)}`;
  const facts = { ...figures, levelName: rule.levelName, gate: rule.gate };
  if (isFriday(rule, zone, at)) {
    return { level, decision: 'deny', because: because('no_fridays', `${says}: nothing on Fridays, and it is Friday in ${zone}`, facts) };
  }
  return { level, decision: answerOf(rule), because: because(`budget_${level}`, `${says}: ${rule.consequences.join(' ')}`, facts) };
}

/** As at the level that awaits its review. */
function asBefore({ slug, name, level: levelNow, remainingRatio }: GateObjective, review: GateReview, zone: string, at: Instant): Answer {
  const { level, since, rule } = review;
  const facts = {
    objective: name,
    slug,
    level,
    levelNow,
    remainingRatio,
    zone,
    policy: rule.policy,
    levelName: rule.levelName,
    gate: rule.gate,
    enteredAt: iso(since),
  };
  const text = `the budget of ${name} has been at ${rule.levelName} (since ${minute(since)}) and is better now, but ${rule.policyName} asks for a review before that lifts: record it with \`nines slo review ${slug} --notes "…"\` or on the objective’s page`;
  const decision = isFriday(rule, zone, at) ? 'deny' : answerOf(rule);
  return { level, decision, because: because('review_pending', text, facts) };
}

function isFriday(rule: GateRule, zone: string, at: Instant): boolean {
  return rule.gate === 'allow_except_fridays' && weekdayAt(at, zone) === FRIDAY;
}

function answerOf({ gate }: GateRule): GateDecision['decision'] {
  return gate === 'allow_except_fridays' ? 'allow' : gate;
}

function minute(at: Instant): string {
  return `${iso(at).slice(0, 16).replace('T', ' ')} UTC`;
}
