import { escapeHtml } from '#kernel/html.ts';

/** What the page shows of the page and its alert. */
export interface LinkedPage {
  state: 'open' | 'exhausted' | 'acknowledged' | 'ended';
  acknowledgedBy: string | null;
  alert: { id: string; number: number; summary: string; severity: string; service: { name: string } | null };
}

const TONE: Record<string, string> = { critical: 'red', warning: 'yellow' };
const TICK =
  '<svg class="g ic-green" viewBox="0 0 12 12" aria-hidden="true"><path d="M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8zM5.3 8.6 2.9 6.2l.9-.9 1.5 1.5 2.9-3 .9.9z"/></svg>';

/** What a notice's link shows: one fact, one button, no script, readable on any phone. */
export function renderLinkPage(view: { page: LinkedPage; organisation: string; state: 'ask' | 'done' | 'used' }): string {
  const { page, organisation, state } = view;
  const { alert } = page;
  const service = alert.service === null ? '' : `${escapeHtml(alert.service.name)} · `;
  const taken = page.acknowledgedBy === null ? '' : `<p class="soft">${escapeHtml(page.acknowledgedBy)} has it.</p>`;
  const body: Record<typeof state, string> = {
    ask: '<form method="post"><button class="btn primary" type="submit">Acknowledge</button></form><p class="mute sm">It then escalates to nobody else.</p>',
    done: `<div class="banner green">${TICK}<p class="strong">Acknowledged. It escalates no further.</p></div>`,
    used: `<div class="banner green">${TICK}<div><p class="strong">${page.state === 'ended' ? 'This alert is over.' : 'This page has been taken.'}</p>${taken}</div></div>`,
  };
  return document(
    organisation,
    `<p class="eyebrow">${service}ALR-${alert.number}</p><h1>${escapeHtml(alert.summary)}</h1><p><span class="chip ${TONE[alert.severity] ?? ''}">${escapeHtml(alert.severity)}</span></p>${body[state]}<p><a class="btn lg" href="/alerts/${alert.id}">Open the alert</a></p>`,
  );
}

export function renderUnknownLink(organisation: string): string {
  return document(
    organisation,
    '<h1>This link is not valid</h1><p class="soft">It may be cut off. Open the alert in Nines and acknowledge there.</p><p><a class="btn lg" href="/">Open Nines</a></p>',
  );
}

function document(organisation: string, main: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${escapeHtml(organisation)}</title><link rel="stylesheet" href="/public.css"></head><body class="bare"><main class="public linkpage">${main}</main></body></html>`;
}
