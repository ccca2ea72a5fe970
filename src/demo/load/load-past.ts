import { DAY_MS, type Instant, iso, MINUTE_MS, plus } from '#kernel/instant.ts';
import type { DemoApi } from '../api.ts';
import type { Company, PastIncident } from '../company.ts';
import type { PeopleByKey } from './load-company.ts';
import { impactStartOf, momentOf } from './moments.ts';

export interface PastParts {
  company: Company;
  people: PeopleByKey;
  /** The moment that all past is told from. */
  loadedAt: Instant;
}

/** Records the changes that are not there yet, oldest first. Those still to come on the day of loading are left out. */
export async function loadChanges(api: DemoApi, { company, loadedAt }: PastParts): Promise<void> {
  const known = await api.changes.listChanges({ query: { limit: 500 } });
  const changes = company.changes
    .map((change) => ({ ...change, startedAt: momentOf(change, loadedAt) }))
    .sort((a, b) => a.startedAt - b.startedAt);
  for (const { body, startedAt, minutes } of changes) {
    const isThere = known.items.some(
      (item) => item.service.slug === body.service && item.version === body.version && item.kind === body.kind,
    );
    const finishedAt = plus(startedAt, minutes * MINUTE_MS);
    if (isThere || finishedAt > loadedAt) continue;
    await api.changes.recordChange({ body: { ...body, startedAt: iso(startedAt), finishedAt: iso(finishedAt) } });
  }
}

/** Takes in the past incidents that are not there yet, oldest first, and completes their postmortems once drafted. */
export async function loadIncidents(api: DemoApi, parts: PastParts): Promise<void> {
  const known = await api.incidents.listIncidents({ query: { limit: 500 } });
  for (const incident of parts.company.incidents) {
    const there = known.items.find((item) => item.title === incident.title);
    const id = there?.id ?? (await importIncident(api, incident, parts));
    if (incident.postmortem !== undefined) await writePostmortem(api, id, incident, parts);
  }
}

async function importIncident(api: DemoApi, incident: PastIncident, { people, loadedAt }: PastParts): Promise<string> {
  const start = impactStartOf(incident, loadedAt);
  const after = (minutes: number): string => iso(plus(start, minutes * MINUTE_MS));
  const by = (key: string | undefined): { by?: string } => (key === undefined ? {} : { by: people[key] ?? key });
  const roles = Object.entries({ commander: incident.declared.commander, ...incident.roles });
  const imported = await api.incidents.importIncident({
    body: {
      title: incident.title,
      severity: incident.severity,
      services: incident.services,
      impactStartedAt: iso(start),
      declaredAt: after(incident.declared.after),
      mitigatedAt: after(incident.mitigated.after),
      resolvedAt: after(incident.resolved.after),
      roles: Object.fromEntries(roles.map(([role, key]) => [role, people[key] ?? key])),
      updates: incident.updates.map(({ after: minutes, ...update }) => ({
        ...update,
        at: after(minutes),
        ...by(incident.roles.communications ?? incident.declared.commander),
      })),
      notes: [
        ...incident.notes.map(({ after: minutes, ...note }) => ({ ...note, at: after(minutes), ...by(incident.roles.operations) })),
        { kind: 'action' as const, text: incident.mitigated.text, at: after(incident.mitigated.after), ...by(incident.roles.operations) },
      ],
    },
  });
  return imported.id;
}

async function writePostmortem(api: DemoApi, incidentId: string, incident: PastIncident, { people, loadedAt }: PastParts): Promise<void> {
  const wanted = incident.postmortem;
  const id = await drafted(api, incidentId);
  if (wanted === undefined || id === undefined) return;
  const postmortem = await api.postmortems.getPostmortem({ params: { id } });
  const start = impactStartOf(incident, loadedAt);
  for (const { owner, dueAfterDays, state, ...action } of wanted.actions) {
    if (postmortem.actions.some((known) => known.title === action.title)) continue;
    const due = iso(plus(start, dueAfterDays * DAY_MS)).slice(0, 10);
    const added = await api.postmortems.addAction({ params: { id }, body: { ...action, ownerId: people[owner] ?? owner, due } });
    if (state !== 'open') await api.postmortems.updateAction({ params: { id: added.id }, body: { state } });
  }
  // Last, because one that spent much of a budget is published with its actions or not at all.
  if (postmortem.title !== wanted.title) {
    const sections = Object.entries(wanted.sections).map(([section, body]) => ({ id: section, body })) as { id: 'summary'; body: string }[];
    await api.postmortems.editPostmortem({ params: { id }, body: { title: wanted.title, state: wanted.state, sections } });
  }
}

const DRAFT_TRIES = 60;

/** The postmortem of an incident, drafted by Nines a moment after the incident is in; undefined when it does not come. */
async function drafted(api: DemoApi, incidentId: string): Promise<string | undefined> {
  for (let i = 0; i < DRAFT_TRIES; i += 1) {
    const { items } = await api.postmortems.listPostmortems({ query: { incident: incidentId } });
    if (items[0] !== undefined) return items[0].id;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return undefined;
}
