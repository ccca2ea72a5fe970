import { DAY_MS, instant, iso } from '#kernel/instant.ts';
import { addDaysToDate, dateAt, instantOf, weekdayOfDate } from '#kernel/zoned.ts';
import { readCompany } from '../company.ts';
import { eventually, fail, OBJECTIVE, percent, type Stage, type Step } from './story.ts';

const SECOND = 1000;
const CELL = 10 * SECOND;

/** Two cells of ten seconds without a failure: customers are no longer affected. */
export const mitigated: Step = async (stage, found) => {
  const from = Math.ceil(found.rolledBackAt / CELL) * CELL;
  const late = (): string => 'checkout still failed 60 s after the rollback';
  await eventually(stage, { by: found.rolledBackAt + 60 * SECOND, late }, async () => {
    const query = { from: iso(instant(from)), to: iso(instant(from + 2 * CELL)), points: 10 };
    const { points } = await stage.api.slo.getSeries({ params: { slug: OBJECTIVE }, query });
    const isGood = points.length >= 2 && points.every((point) => point.validCount > 0 && point.badCount === 0);
    return isGood ? true : undefined;
  });
  const incident = await stage.api.incidents.mitigate({
    params: { id: found.incidentId },
    body: { text: 'Rolled back', at: iso(instant(from)) },
  });
  if (incident.phase !== 'mitigated') fail(`the incident is ${incident.phase} and not mitigated`);
  return `20 s without a failure, ${Math.round((Date.now() - found.rolledBackAt) / SECOND)} s after the rollback`;
};

/** The five minutes with the failures pass, and the alert resets by itself. */
export const alertReset: Step = async (stage, found) => {
  let remarkedAt = Date.now();
  return eventually(
    stage,
    { by: found.rolledBackAt + 400 * SECOND, everyMs: 2 * SECOND, late: () => 'the alert had not reset 400 s after the rollback' },
    async () => {
      const alert = await stage.api.alerts.getAlert({ params: { id: found.alertId } });
      if (alert.state === 'resolved') return `${Math.round((Date.now() - found.rolledBackAt) / SECOND)} s after the rollback, by itself`;
      if (Date.now() - remarkedAt < 60 * SECOND) return undefined;
      remarkedAt = Date.now();
      const objective = await stage.api.slo.getObjective({ params: { slug: OBJECTIVE } });
      const short = objective.burn.find((window) => window.window === '5m');
      stage.remark(`waiting: burn over 5 min is still ${short?.rate.toFixed(1) ?? '?'}×`);
      return undefined;
    },
  );
};

export const resolved: Step = async ({ api }, found) => {
  const earlyBecause = 'The rollback is proven and the alert has reset';
  const incident = await api.incidents.resolve({ params: { id: found.incidentId }, body: { earlyBecause } });
  if (incident.phase !== 'resolved') fail(`the incident is ${incident.phase} and not resolved`);
  const took = incident.durations.find((duration) => duration.name === 'mitigate')?.seconds;
  return `INC-${incident.number} is resolved${took === null || took === undefined ? '' : `; mitigated ${Math.round(took)} s after impact began`}`;
};

/** The draft knows what it cost, who took part, and reads as Markdown. */
export const postmortem: Step = async (stage, found) => {
  const late = (): string => 'no postmortem was drafted within 30 s';
  const id = await eventually(stage, { by: Date.now() + 30 * SECOND, late }, async () => {
    const { items } = await stage.api.postmortems.listPostmortems({ query: { incident: found.incidentId } });
    return items[0]?.id;
  });
  const draft = await stage.api.postmortems.getPostmortem({ params: { id } });
  const spent = draft.budget.find((one) => one.objective.slug === OBJECTIVE);
  if (spent?.ratio === undefined || spent.ratio === null || spent.ratio <= 0) fail(`the draft says that nothing of ${OBJECTIVE} was spent`);
  if (draft.people.every((one) => one.person.id !== stage.primary.id)) fail(`the draft does not name ${stage.primary.name}`);
  const markdown = await stage.api.postmortems.getMarkdown({ params: { id } });
  const missing = [found.incidentTitle, '## Timeline', 'Impact begins'].find((part) => !markdown.includes(part));
  if (missing !== undefined) fail(`the postmortem’s Markdown does not hold “${missing}”`);
  return `drafted: ${spent.badCount} failed, ${percent(spent.ratio)} of the budget; ${markdown.split('\n').length} lines of Markdown`;
};

/** What is left calls for caution: a deploy on Friday is refused with the reason, a rollback passes. */
export const gate: Step = async (stage) => {
  const { api, remainingBefore } = stage;
  if (stage.sabotage === 'gate') await easeObjective(stage);
  const service = await api.catalog.getService({ params: { slug: 'checkout' } });
  const at = iso(nextFridayNoon(service.zone));
  const left = percent((await api.slo.getObjective({ params: { slug: OBJECTIVE } })).budget.remainingRatio);
  const friday = await api.releases.getGate({ params: { slug: 'checkout' }, query: { kind: 'deploy', at } });
  const reasons = friday.because.map((reason) => reason.text).join('; ');
  if (friday.decision !== 'deny')
    fail(`the gate would ${friday.decision === 'allow' ? 'allow' : 'ask approval for'} a deploy on Friday: ${reasons}`);
  if (friday.level !== 'caution') fail(`the level is ${friday.level} and not caution: ${reasons}`);
  const rollback = await api.releases.getGate({ params: { slug: 'checkout' }, query: { kind: 'rollback', at } });
  if (rollback.decision !== 'allow') fail(`the gate would not let a rollback pass: ${rollback.decision}`);
  return `budget ${percent(remainingBefore)} → ${left}, healthy → caution; a Friday deploy is refused (${reasons}), a rollback passes`;
};

function nextFridayNoon(zone: string): ReturnType<typeof instantOf> {
  const tomorrow = dateAt(instant(Date.now() + DAY_MS), zone);
  return instantOf(addDaysToDate(tomorrow, (5 - weekdayOfDate(tomorrow) + 7) % 7), '12:00', zone);
}

/** A target that the same failures hardly touch: the budget is healthy again. */
async function easeObjective({ api }: Stage): Promise<void> {
  const definition = readCompany().objectives[OBJECTIVE]?.definition;
  if (definition !== undefined) await api.slo.putObjective({ params: { slug: OBJECTIVE }, body: { ...definition, target: 0.99 } });
}
