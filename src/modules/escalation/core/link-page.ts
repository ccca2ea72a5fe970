import { escapeHtml } from '#kernel/html.ts';

/** What the page shows of the page and its alert. */
export interface LinkedPage {
  state: 'open' | 'exhausted' | 'acknowledged' | 'ended';
  acknowledgedBy: string | null;
  alert: { id: string; number: number; summary: string; severity: string; service: { name: string } | null };
}

/** What a notice's link shows: one fact, one button, no script, readable on any phone. */
export function renderLinkPage(view: { page: LinkedPage; organisation: string; state: 'ask' | 'done' | 'used' }): string {
  const { page, organisation, state } = view;
  const { alert } = page;
  const service = alert.service === null ? '' : `${escapeHtml(alert.service.name)} · `;
  const taken = page.acknowledgedBy === null ? '' : `<p class="soft">${escapeHtml(page.acknowledgedBy)} has it.</p>`;
  const body: Record<typeof state, string> = {
    ask: '<form method="post"><button class="btn primary" type="submit">Acknowledge</button></form><p class="mute sm">It then escalates to nobody else.</p>',
    done: '<p class="strong">Acknowledged. It escalates no further.</p>',
    used: `<p class="strong">${page.state === 'ended' ? 'This alert is over.' : 'This page has been taken.'}</p>${taken}`,
  };
  return document(
    organisation,
    `<p class="eyebrow">${service}ALR-${alert.number}</p><h1>${escapeHtml(alert.summary)}</h1><p class="soft">Severity ${alert.severity}</p>${body[state]}<p><a class="link" href="/alerts/${alert.id}">Open in ${escapeHtml(organisation)}</a></p>`,
  );
}

export function renderUnknownLink(organisation: string): string {
  return document(
    organisation,
    '<h1>This link is not valid</h1><p class="soft">It may be cut off. Open the alert in Nines and acknowledge there.</p><p><a class="link" href="/">Open Nines</a></p>',
  );
}

function document(organisation: string, main: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${escapeHtml(organisation)}</title><link rel="stylesheet" href="/public.css"></head><body class="bare"><main class="public linkpage">${main}</main></body></html>`;
}
