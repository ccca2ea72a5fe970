import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DemoApi, demoApi } from '../api.ts';
import { startDemo } from '../run.ts';
import { catchMail } from './catch-mail.ts';
import { catchWebhooks, type WebhookCatcher } from './catch-webhooks.ts';
import { startNines } from './nines-process.ts';
import { eventually, fail, OBJECTIVE, type Sabotage, type Stage } from './story.ts';

export interface StageOptions {
  sabotage: Sabotage | undefined;
  signal: AbortSignal;
  remark: (line: string) => void;
  /** Called with how to end each thing that was started, at once after its start. */
  started: (end: () => Promise<void> | void) => void;
}

/** A fresh installation with the sample company, its shop, a mail server and a webhook receiver, quiet and counted. */
export async function setStage({ sabotage, signal, remark, started }: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-drill-'));
  started(() => rmSync(folder, { recursive: true, force: true }));
  const mail = await catchMail({ refuses: sabotage === 'smtp' });
  started(() => mail.close());
  const hooks = await catchWebhooks();
  started(() => hooks.close());
  const apiKey = `nines_drill_${randomBytes(24).toString('base64url')}`;
  const settings = {
    NINES_BOOTSTRAP_API_KEY: apiKey,
    NINES_SMTP_URL: mail.url,
    NINES_ALLOW_TARGETS: '127.0.0.1/32',
    NINES_LOG_LEVEL: 'error',
  };
  const nines = await startNines(folder, settings, signal);
  started(() => nines.stop());
  remark(`Nines runs at ${nines.url} (process ${nines.pid}, data in ${folder})`);
  const demo = await startDemo({ url: nines.url, apiKey, say: remark, withPast: false });
  started(() => demo.stop());
  await demo.loaded;
  const api = demoApi(nines.url, apiKey);
  const primary = await reachPrimary(api, hooks);
  if (sabotage === 'oncall') await emptySchedule(api);
  const remainingBefore = await waitUntilQuiet({ signal }, api);
  return { url: nines.url, api, demo, mail, hooks, primary, sabotage, remainingBefore, signal, remark };
}

/** Whoever is on call gets a webhook beside their e-mail. */
async function reachPrimary(api: DemoApi, hooks: WebhookCatcher): Promise<Stage['primary']> {
  const { now } = await api.oncall.getSchedule({ params: { slug: 'primary' } });
  const people = await api.identity.listPeople({ query: { limit: 500 } });
  const person = people.items.find((one) => one.id === now.person?.id);
  if (person === undefined) fail('nobody is on call in the fresh installation');
  const method = await api.notify.createContactMethod({ params: { personId: person.id }, body: { channel: 'webhook', target: hooks.url } });
  return { id: person.id, name: person.name, email: person.email, webhookSecret: method.secret ?? '' };
}

async function emptySchedule(api: DemoApi): Promise<void> {
  const { name, definition } = await api.oncall.getSchedule({ params: { slug: 'primary' } });
  const { zone, handoffTime, startsOn, weeksPerShift, handoffDay } = definition;
  const body = { name, zone, handoffDay, handoffTime, startsOn, weeksPerShift, participants: [] };
  await api.oncall.putSchedule({ params: { slug: 'primary' }, body });
}

/** Until live counts have joined the history: the story begins from a healthy budget. Returns what is left of it. */
async function waitUntilQuiet(stage: Pick<Stage, 'signal'>, api: DemoApi): Promise<number> {
  let shown = '';
  return eventually(stage, { by: Date.now() + 90_000, late: () => `the fresh installation did not come to rest: ${shown}` }, async () => {
    const objective = await api.slo.getObjective({ params: { slug: OBJECTIVE } });
    const { remainingRatio } = objective.budget;
    const covered = objective.burn.find((window) => window.window === '5m')?.coverageRatio ?? 0;
    const silentMs = Date.now() - Date.parse(objective.lastObservedAt ?? '');
    shown = `${OBJECTIVE} is ${objective.state}, ${objective.level}, ${Math.round(covered * 100)} % of 5 min observed`;
    const isQuiet = objective.state === 'ok' && objective.level === 'healthy' && covered >= 0.9 && silentMs < 20_000;
    return isQuiet && remainingRatio !== null ? remainingRatio : undefined;
  });
}
