import { BROKEN_VERSION } from '../shop/releases.ts';
import { verifyWebhook } from './catch-webhooks.ts';
import { eventually, fail, type Findings, OBJECTIVE, type Stage, type Step } from './story.ts';

const SECOND = 1000;
const PAGE_BURN = 14.4;
/** After so long of counted traffic without a failure, the release does not fail. */
const PROOF_MS = 20 * SECOND;

/** The broken release goes live, and its change is on the service's line. */
export const deployed: Step = async ({ demo, api, sabotage }, found) => {
  found.deployedAt = Date.now();
  await demo.deploy({ version: BROKEN_VERSION, kind: 'deploy', ...(sabotage === 'shop' ? { behaviour: 'good' as const } : {}) });
  const { items } = await api.changes.listChanges({ query: { service: 'checkout', limit: 1 } });
  if (items[0]?.version !== BROKEN_VERSION)
    fail(`checkout’s line shows ${items[0]?.version ?? 'nothing'} and not the deploy of ${BROKEN_VERSION}`);
  return `checkout ${BROKEN_VERSION} is live, and on the service’s line`;
};

/** The budget burns above the paging threshold over an hour and over five minutes. */
export const burning: Step = async (stage, found) => {
  let shown = 'nothing was counted';
  return eventually(stage, { by: found.deployedAt + 110 * SECOND, late: () => `110 s after the deploy ${shown}` }, async () => {
    const objective = await stage.api.slo.getObjective({ params: { slug: OBJECTIVE } });
    const [short, long] = ['5m', '1h'].map((name) => objective.burn.find((window) => window.window === name));
    if (short === undefined || long === undefined) return undefined;
    shown = `${OBJECTIVE} burned ${long.rate.toFixed(1)}× over 1 h and ${short.rate.toFixed(1)}× over 5 min, not above ${PAGE_BURN}×`;
    const isCounted = Date.parse(objective.lastObservedAt ?? '') >= found.deployedAt + PROOF_MS;
    if (isCounted && short.badCount === 0)
      fail(`none of checkout’s requests failed in the ${PROOF_MS / SECOND} s after the deploy: the broken release works, so nothing burns`);
    const isBurning = long.rate > PAGE_BURN && short.rate > PAGE_BURN;
    return isBurning ? `burn ${long.rate.toFixed(1)}× over 1 h, ${short.rate.toFixed(1)}× over 5 min, both above ${PAGE_BURN}×` : undefined;
  });
};

/** The objective's critical alert is open. */
export const alerted: Step = async (stage, found) =>
  eventually(
    stage,
    { by: Date.now() + 30 * SECOND, everyMs: 250, late: () => 'no critical alert of checkout opened within 30 s of the burn' },
    async () => {
      const { items } = await stage.api.alerts.listAlerts({ query: { service: 'checkout', severity: 'critical' } });
      const [alert] = items;
      if (alert === undefined) return undefined;
      found.alertId = alert.id;
      return `ALR-${alert.number} ${alert.summary}, ${Math.round((Date.parse(alert.openedAt) - found.deployedAt) / SECOND)} s after the deploy`;
    },
  );

/** The page has left the process: the e-mail and the webhook are caught, and the webhook's signature holds. */
export const paged: Step = async (stage, found) => {
  let missing = 'no page was opened';
  return eventually(stage, { by: Date.now() + 45 * SECOND, everyMs: 250, late: () => `45 s after the alert ${missing}` }, async () => {
    const { items } = await stage.api.escalation.listPages({ query: { alert: found.alertId, state: 'all' } });
    const [page] = items;
    if (page === undefined) return undefined;
    found.pageId = page.id;
    const { primary } = stage;
    const others = page.paged.filter((one) => one.person.id !== primary.id);
    if (others.length > 0)
      fail(
        `the page went to ${others.map((one) => one.person.name).join(', ')} and not to ${primary.name}, who is on call: ${page.because.text}`,
      );
    const mail = mailOf(stage, found);
    const hook = webhookOf(stage, found);
    if (mail === undefined) missing = `the mail server had caught no page for ${primary.email}`;
    else if (!hook) missing = 'the webhook receiver had caught no page with a true signature';
    if (mail !== undefined && hook) return `${primary.name} by e-mail and by webhook, signature verified`;
    await failOnRefusal(stage, found);
    return undefined;
  });
};

function mailOf({ mail, primary }: Stage, found: Findings): string | undefined {
  const caught = mail.mails.find((one) => one.to.includes(primary.email) && /\/a\/[0-9a-z]+/.test(one.text));
  const link = /https?:\/\/\S+\/a\/[0-9a-z]+/.exec(caught?.text ?? '')?.[0];
  if (link !== undefined) found.acknowledgeUrl = link;
  return link;
}

function webhookOf({ hooks, primary }: Stage, found: Findings): boolean {
  const bodies = hooks.webhooks.map((webhook) => verifyWebhook(webhook, primary.webhookSecret));
  return bodies.some((body) => body?.event === 'page.raised' && body.pageId === found.pageId && body.personId === primary.id);
}

/** A delivery that failed for good will not come: the ledger says why. */
async function failOnRefusal({ api, primary }: Stage, found: Findings): Promise<void> {
  const { items } = await api.escalation.listPageDeliveries({ params: { id: found.pageId } });
  const failed = items.find((delivery) => delivery.state === 'failed' && delivery.channel !== 'app');
  const reason = failed?.attempts.at(-1)?.reason ?? failed?.because.text ?? '';
  if (failed !== undefined) fail(`the ${failed.channel} to ${primary.name} was not delivered: ${reason}`);
}
