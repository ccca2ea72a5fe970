import { type Actor, actorRecord } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { listServicesBySlugs } from '#modules/catalog/index.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { ImportedIncident } from './contract.ts';
import { NO_ANCHORS } from './core/anchors.ts';
import { DEFAULT_MONITORING_MS } from './core/phase.ts';
import { said } from './core/timeline.ts';
import { incidentResolved } from './events.ts';
import { subjectOf } from './record.ts';
import { type IncidentRow, insertIncident, insertIncidentEvent, insertServices, insertUpdate } from './store.ts';

type Names = ReadonlyMap<string, Id<'svc'>>;
type Authors = ReadonlyMap<string, Actor>;

/**
 * Takes in a past incident as a whole, at its own times: nobody is told, no clock starts, and its postmortem is drafted.
 * `not_found` when a service or a person is not there.
 */
export async function importIncident(ctx: VerbContext, input: ImportedIncident): Promise<Id<'inc'>> {
  if (input.resolvedAt > ctx.now)
    throw new AppError('invalid_input', 'resolvedAt: must not lie in the future', {
      fields: [{ path: 'body.resolvedAt', message: 'must not lie in the future' }],
    });
  const services = await requireServices(ctx, input.services);
  const authors = await requireAuthors(ctx, input);
  const { impactStartedAt, declaredAt, mitigatedAt, resolvedAt } = input;
  const customers = input.updates.filter((update) => update.audience === 'customers');
  const draft: Omit<IncidentRow, 'number'> = {
    id: ctx.ids.next('inc'),
    title: input.title,
    severity: input.severity,
    phase: 'resolved',
    anchors: { ...NO_ANCHORS, impactStartedAt, declaredAt, mitigatedAt, resolvedAt },
    monitoringMs: DEFAULT_MONITORING_MS,
    roles: input.roles,
    declaredAt,
    resolvedAt,
    lastUpdateAt: customers.reduce<Instant | null>((latest, { at }) => (latest === null || at > latest ? at : latest), null),
    nextUpdateAt: null,
    version: 1,
  };
  const number = await insertIncident(ctx.tx, draft);
  await insertServices(ctx.tx, draft.id, [...services.values()]);
  for (const { at, status, audience, text, by } of input.updates)
    await insertUpdate(ctx.tx, {
      id: ctx.ids.next('upd'),
      incidentId: draft.id,
      at,
      status,
      audience,
      body: text,
      author: actorRecord(authors.get(by ?? '') ?? ctx.actor),
    });
  await writeTimeline(ctx, draft.id, input, authors);
  await ctx.audit({ operation: 'incidents.importIncident', subject: draft.id, after: { ...input, number } });
  await ctx.publish(incidentResolved, draft.id, subjectOf({ ...draft, number }));
  return draft.id;
}

async function writeTimeline(ctx: VerbContext, incidentId: Id<'inc'>, input: ImportedIncident, authors: Authors): Promise<void> {
  const commander = authors.get(input.roles.commander ?? '') ?? ctx.actor;
  const { severity } = input;
  const moments = [
    { at: input.declaredAt, actor: commander, because: said('declared', `declared as ${severity}`, { severity }) },
    ...input.updates.map(({ at, audience, status, text, by }) => ({
      at,
      actor: authors.get(by ?? '') ?? ctx.actor,
      because: said(`${audience}_update` as const, text, { status, audience }),
    })),
    ...input.notes.map(({ at, kind, text, by }) => ({ at, actor: authors.get(by ?? '') ?? ctx.actor, because: said(kind, text) })),
    { at: input.mitigatedAt, actor: commander, because: said('mitigated', 'customers are no longer affected') },
    { at: input.resolvedAt, actor: commander, because: said('resolved', 'taken in from elsewhere, resolved') },
  ];
  for (const moment of moments.sort((a, b) => a.at - b.at))
    await insertIncidentEvent(ctx.tx, { incidentId, kind: moment.because.code, ...moment });
}

async function requireAuthors(ctx: VerbContext, input: ImportedIncident): Promise<Authors> {
  const named = [...Object.values(input.roles), ...[...input.updates, ...input.notes].flatMap(({ by }) => by ?? [])];
  const people = await listPeopleByIds(ctx.tx, [...new Set(named)]);
  const missing = named.find((id) => people.every((person) => person.id !== id));
  if (missing !== undefined) throw new AppError('not_found', `there is no person ${missing}`);
  return new Map(people.map((person) => [person.id, { kind: 'person', id: person.id, name: person.name, role: person.role }]));
}

async function requireServices(ctx: VerbContext, slugs: readonly string[]): Promise<Names> {
  const services = await listServicesBySlugs(ctx.tx, slugs);
  const missing = slugs.find((slug) => services.every((service) => service.slug !== slug));
  if (missing !== undefined) throw new AppError('not_found', `there is no service ${missing}`);
  return new Map(services.map((service) => [service.slug, service.id]));
}
