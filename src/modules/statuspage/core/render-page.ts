import { escapeHtml } from '#kernel/html.ts';
import type { ComponentState } from './component-state.ts';

/** What the page needs; times are RFC 3339 in UTC. */
export interface PublicPage {
  organisation: string;
  at: string;
  overall: { state: ComponentState; sentence: string };
  components: readonly {
    name: string;
    state: ComponentState;
    uptimeRatio: number | null;
    days: readonly { date: string; state: ComponentState | 'no_data'; downMinutes: number }[];
  }[];
  incidents: readonly {
    title: string;
    status: string;
    components: readonly string[];
    startedAt: string;
    resolvedAt: string | null;
    updates: readonly { at: string; status: string; text: string }[];
  }[];
}

const WORD: Record<ComponentState, string> = {
  operational: 'Working',
  degraded: 'Slower',
  partial_outage: 'Partial outage',
  major_outage: 'Major outage',
};
const TONE: Record<ComponentState, string> = { operational: 'green', degraded: 'yellow', partial_outage: 'orange', major_outage: 'red' };
const GLYPH: Record<ComponentState, string> = {
  operational: 'M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8zM5.3 8.6 2.9 6.2l.9-.9 1.5 1.5 2.9-3 .9.9z',
  degraded: 'M6 .6 11.4 6 6 11.4.6 6z',
  partial_outage: 'M6 .9 11.5 11H.5z',
  major_outage: 'M3.7.6h4.6l3.1 3.1v4.6l-3.1 3.1H3.7L.6 8.300V3.700z',
};
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const BAR: Record<ComponentState, { name: string; height: number }> = {
  operational: { name: 'ok', height: 0 },
  degraded: { name: 'deg', height: 8 },
  partial_outage: { name: 'par', height: 15 },
  major_outage: { name: 'maj', height: 24 },
};

/** The public status page as one document without script. */
export function renderStatusPage(page: PublicPage): string {
  const open = page.incidents.filter((incident) => incident.resolvedAt === null);
  const past = page.incidents.filter((incident) => incident.resolvedAt !== null);
  const name = escapeHtml(page.organisation);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name} status</title><link rel="stylesheet" href="/public.css"></head><body class="bare"><a class="skip" href="#main">Skip to content</a>
<div class="public"><header class="phead"><b class="strong pname">${name}</b><span class="mute no-phone">Status</span></header>
<main id="main" class="stack">
<div class="banner ${TONE[page.overall.state]}">${glyph(page.overall.state)}<div><h1>${escapeHtml(page.overall.sentence)}</h1></div></div>
${open.map(renderOpen).join('\n')}
${renderComponents(page)}
${renderPast(past)}
<footer class="row wrap mute sm"><span>Times in UTC · updated ${clock(page.at)}</span></footer>
</main></div></body></html>`;
}

function glyph(state: ComponentState): string {
  return `<svg class="g ic-${TONE[state]}" viewBox="0 0 12 12" aria-hidden="true"><path d="${GLYPH[state]}"/></svg>`;
}

function clock(time: string): string {
  return `<time datetime="${time}">${Number(time.slice(8, 10))} ${MONTHS[Number(time.slice(5, 7)) - 1]}, ${time.slice(11, 16)}</time>`;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function renderOpen(incident: PublicPage['incidents'][number]): string {
  const where = incident.components.length === 0 ? '' : `<span class="mute sm">${escapeHtml(incident.components.join(', '))}</span>`;
  return `<section><div class="sec-head"><h2>Open incident</h2><span class="lead">since ${clock(incident.startedAt)}</span></div>
<div class="panel"><header><b class="strong grow">${escapeHtml(incident.title)}</b>${where}</header>${renderUpdates(incident)}</div></section>`;
}

function renderUpdates(incident: PublicPage['incidents'][number]): string {
  const rows = incident.updates.map(
    (update) =>
      `<li><div><b>${sentenceCase(update.status)}</b>${clock(update.at)}</div><p>${escapeHtml(update.text).replaceAll('\n', '<br>')}</p></li>`,
  );
  const isSaid = incident.resolvedAt === null || incident.updates.some((update) => update.status === 'resolved');
  const end = isSaid ? '' : `<li><div><b>Resolved</b>${clock(incident.resolvedAt ?? '')}</div><p>This incident is over.</p></li>`;
  return `<ol class="upd pad">${end}${rows.join('')}</ol>`;
}

function renderComponents(page: PublicPage): string {
  if (page.components.length === 0) return '<p class="soft">No service is shown here yet.</p>';
  const rows = page.components.map((component) => {
    const uptime = component.uptimeRatio === null ? 'no data yet' : `${(Math.floor(component.uptimeRatio * 10_000) / 100).toFixed(2)} % up`;
    return `<li class="comp"><div class="hd"><b>${escapeHtml(component.name)}</b><span class="num sm">${uptime}</span><span class="end row sm tx-${TONE[component.state]}">${glyph(component.state)}${WORD[component.state]}</span></div>${renderDays(component)}<div class="ax"><span>90 days ago</span><span>today</span></div></li>`;
  });
  return `<section><div class="sec-head"><h2>Last 90 days</h2><span class="lead">taller coloured part = worse day</span></div><ol class="panel">${rows.join('\n')}</ol></section>`;
}

function renderDays(component: PublicPage['components'][number]): string {
  const bad = component.days.filter((day) => day.state !== 'operational' && day.state !== 'no_data').length;
  const label = `${component.name}, last 90 days: ${bad === 0 ? 'no bad day' : `${bad} bad ${bad === 1 ? 'day' : 'days'}`}; now ${WORD[component.state].toLowerCase()}`;
  const bars = component.days.map((day, i) => {
    const x = i * 10;
    const title = `<title>${day.date}: ${day.state === 'no_data' ? 'no data' : WORD[day.state].toLowerCase()}${day.downMinutes > 0 ? `, ${day.downMinutes} min down` : ''}</title>`;
    if (day.state === 'no_data') return `<rect class="nod" x="${x + 0.5}" y=".5" width="6" height="25" rx="1.5">${title}</rect>`;
    const { name, height } = BAR[day.state];
    const bottom = height === 0 ? '' : `<rect class="${name}" x="${x}" y="${26 - height}" width="7" height="${height}" rx="1.5"/>`;
    return `<g>${title}<rect class="ok" x="${x}" y="0" width="7" height="${height === 0 ? 26 : Math.max(0, 25 - height)}" rx="1.5"/>${bottom}</g>`;
  });
  return `<svg class="days" viewBox="0 0 ${component.days.length * 10 - 3} 26" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(label)}">${bars.join('')}</svg>`;
}

function renderPast(incidents: PublicPage['incidents']): string {
  if (incidents.length === 0)
    return '<section><div class="sec-head"><h2>Past incidents</h2></div><p class="soft">None in the last 14 days.</p></section>';
  const rows = incidents.map(
    (incident) =>
      `<div class="panel"><header><b class="strong grow">${escapeHtml(incident.title)}</b><span class="mute sm">${clock(incident.startedAt)}</span></header>${renderUpdates(incident)}</div>`,
  );
  return `<section><div class="sec-head"><h2>Past incidents</h2><span class="lead">14 days</span></div><div class="stack tight">${rows.join('\n')}</div></section>`;
}
