import { DrillFailure, fail, type Step, sleep } from './story.ts';
import { BROKEN_VERSION, GOOD_VERSION } from '../shop/releases.ts';

const SECOND = 1000;
/** A human takes about this long; later than 115 s the 6 h pair would fire as well. */
const ROLL_BACK_AFTER = 95 * SECOND;
const ROLL_BACK_BY = 115 * SECOND;

/** Acknowledged by the signed link of the e-mail: opening it shows, pressing its button acts. */
export const acknowledged: Step = async ({ api, primary }, found) => {
  const shown = await fetch(found.acknowledgeUrl);
  const page = await shown.text();
  if (!shown.ok || !page.includes('Acknowledge'))
    fail(`opening the link of the e-mail answered ${shown.status} without a button to acknowledge`);
  const untouched = await api.escalation.getPage({ params: { id: found.pageId } });
  if (untouched.acknowledgedAt !== null) fail('opening the link acknowledged the page; only its button may');
  const acted = await fetch(found.acknowledgeUrl, { method: 'POST' });
  if (!acted.ok) fail(`the button of the e-mail’s link answered ${acted.status}`);
  const after = await api.escalation.getPage({ params: { id: found.pageId } });
  if (after.state !== 'acknowledged' || after.acknowledgedBy !== primary.name)
    fail(`the page is ${after.state}, acknowledged by ${after.acknowledgedBy ?? 'nobody'} and not by ${primary.name}`);
  return `${primary.name}, by the link in the e-mail`;
};

/** SEV2: whoever acknowledged commands, the update clock runs, the deploy leads the suspects. */
export const declared: Step = async ({ api, primary }, found) => {
  found.incidentTitle = 'Orders fail at checkout';
  const incident = await api.incidents.declare({
    body: { title: found.incidentTitle, severity: 'SEV2', services: ['checkout'], alertIds: [found.alertId] },
  });
  found.incidentId = incident.id;
  const commander = incident.roles.find((one) => one.role === 'commander')?.person;
  if (commander?.id !== primary.id) fail(`${commander?.name ?? 'nobody'} commands INC-${incident.number}, and not ${primary.name}`);
  const [suspect] = incident.suspects;
  if (suspect?.change.version !== BROKEN_VERSION)
    fail(`the first suspect is ${suspect?.change.version ?? 'nothing'} and not the deploy of ${BROKEN_VERSION}`);
  if (incident.nextUpdateAt === null) fail('no update to customers is owed for a SEV2');
  return `INC-${incident.number} SEV2, ${commander.name} commands, first suspect ${suspect.change.kind} ${suspect.change.version} (${suspect.strength})`;
};

/** Customers are told, and the status page says it. */
export const updated: Step = async ({ api, url }, found) => {
  const text = 'Orders fail at checkout. We have found the release that causes it and are rolling it back.';
  await api.incidents.postUpdate({ params: { id: found.incidentId }, body: { text, status: 'identified' } });
  const status = await api.statuspage.getStatus();
  const shown = status.incidents.find((incident) => incident.title === found.incidentTitle);
  if (shown?.updates[0]?.text !== text) fail('the status page’s data does not hold the update');
  const page = await (await fetch(`${url}/status`)).text();
  if (!page.includes(text)) fail('the status page does not show the update');
  return `customers read it on ${url}/status: ${status.overall.sentence}`;
};

/** The last good release is live again, within 115 s of the deploy. */
export const rolledBack: Step = async (stage, found) => {
  await sleep(stage, found.deployedAt + ROLL_BACK_AFTER - Date.now());
  await stage.demo.deploy({ version: GOOD_VERSION, kind: 'rollback' });
  found.rolledBackAt = Date.now();
  const afterMs = found.rolledBackAt - found.deployedAt;
  if (afterMs > ROLL_BACK_BY) throw new DrillFailure(`rolled back ${Math.round(afterMs / SECOND)} s after the deploy, later than 115 s`);
  const { items } = await stage.api.changes.listChanges({ query: { service: 'checkout', limit: 1 } });
  if (items[0]?.kind !== 'rollback' || items[0].version !== GOOD_VERSION)
    fail(`checkout’s line does not show the rollback to ${GOOD_VERSION}`);
  return `checkout ${GOOD_VERSION} again, ${Math.round(afterMs / SECOND)} s after the deploy`;
};
