import { sql } from 'kysely';
import { AppError } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import { type Instant, iso } from '#kernel/instant.ts';
import type { Output } from '#kernel/operation.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import type { IncidentRow } from '#modules/incidents/index.ts';
import { stamp } from '#platform/db/database.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import type { ActionView, contract, PostmortemDetailView, PostmortemView } from './contract.ts';
import { isOverdue } from './core/action.ts';
import { checkPostmortem } from './core/checks.ts';
import { renderMarkdown } from './core/render.ts';
import { promptOf, SECTIONS } from './core/sections.ts';
import type { ActionRow, PostmortemRow } from './store.ts';

type ViewRow = PostmortemRow & { incidentNumber: number; incidentTitle: string; incidentSeverity: string; openActions: number };

function postmortems(db: Db) {
  return db
    .selectFrom('postmortem')
    .innerJoin('incident', 'incident.id', 'postmortem.incidentId')
    .selectAll('postmortem')
    .select(['incident.number as incidentNumber', 'incident.title as incidentTitle', 'incident.severity as incidentSeverity'])
    .select((query) =>
      query
        .selectFrom('actionItem')
        .select(({ fn }) => fn.countAll<number>().as('open'))
        .whereRef('actionItem.postmortemId', '=', 'postmortem.id')
        .where('actionItem.state', 'in', ['open', 'in_progress'])
        .as('openActions'),
    );
}

export async function listPostmortems(
  db: Db,
  filter: { limit: number; after?: string | undefined; incident?: string | undefined },
): Promise<Output<typeof contract.listPostmortems>> {
  const [createdAt, id] = keysetAfter(filter.after, 2);
  let query = postmortems(db)
    .orderBy('postmortem.createdAt', 'desc')
    .orderBy('postmortem.id', 'desc')
    .limit(filter.limit + 1);
  if (filter.incident !== undefined) query = query.where('postmortem.incidentId', '=', filter.incident);
  if (createdAt !== undefined)
    query = query.where(sql<boolean>`(postmortem.created_at, postmortem.id) < (${createdAt}::timestamptz, ${id})`);
  return keysetPage((await query.execute()) as unknown as ViewRow[], filter.limit, (row) => [iso(row.createdAt), row.id], postmortemView);
}

export async function getPostmortem(db: Db, id: string, now: Instant): Promise<PostmortemDetailView> {
  const row = (await postmortems(db).where('postmortem.id', '=', id).executeTakeFirst()) as unknown as ViewRow | undefined;
  if (row === undefined) throw new AppError('not_found', `there is no postmortem ${id}`);
  const people = new Map(
    (
      await listPeopleByIds(
        db,
        row.people.map((entry) => entry.personId),
      )
    ).map((person) => [person.id, person.name]),
  );
  const actions = await listActionRows(db, { postmortemId: id, limit: 500, state: 'all' });
  return {
    ...postmortemView(row),
    sections: SECTIONS.map(({ id: section, title }) => ({
      id: section,
      title,
      body: row.sections.find((stored) => stored.id === section)?.body ?? '',
      prompt: promptOf(section),
    })),
    budget: row.budget,
    checks: checkPostmortem({
      requiredBecause: row.requiredBecause,
      actions: actions.map((action) => ({ ...action, planned: action.planKey !== null })),
    }),
    people: row.people.map(({ role, personId }) => ({ role, person: { id: personId, name: people.get(personId) ?? personId } })),
    actions: actions.map((action) => actionView(action, now)),
  };
}

export async function getMarkdown(db: Db, id: string, now: Instant): Promise<string> {
  const view = await getPostmortem(db, id, now);
  return renderMarkdown({
    title: view.title,
    incidentId: `INC-${view.incident.number}`,
    severity: view.incident.severity,
    state: view.state,
    authors: [...new Set(view.people.map((entry) => entry.person.name))],
    sections: view.sections,
    actions: view.actions.map((action) => ({ ...action, owner: action.owner?.name ?? 'nobody yet' })),
  });
}

function postmortemView(row: ViewRow): PostmortemView {
  return {
    id: row.id,
    incident: { id: row.incidentId, number: row.incidentNumber, title: row.incidentTitle, severity: row.incidentSeverity },
    title: row.title,
    state: row.state,
    required: row.required,
    requiredBecause: row.requiredBecause,
    class: row.class,
    dueAt: iso(row.dueAt),
    openActions: row.openActions,
    createdAt: iso(row.createdAt),
    version: row.version,
  };
}

type ActionViewRow = ActionRow & { incidentId: string; incidentNumber: number; incidentTitle: string; ownerName: string | null };

interface ActionFilter {
  limit: number;
  state: 'open' | 'all';
  after?: string | undefined;
  owner?: Id<'per'> | undefined;
  postmortemId?: string | undefined;
  id?: string | undefined;
}

async function listActionRows(db: Db, filter: ActionFilter): Promise<ActionViewRow[]> {
  const [dueOn, id] = keysetAfter(filter.after, 2);
  let query = db
    .selectFrom('actionItem')
    .innerJoin('postmortem', 'postmortem.id', 'actionItem.postmortemId')
    .innerJoin('incident', 'incident.id', 'postmortem.incidentId')
    .leftJoin('person', 'person.id', 'actionItem.ownerId')
    .selectAll('actionItem')
    .select([
      'incident.id as incidentId',
      'incident.number as incidentNumber',
      'incident.title as incidentTitle',
      'person.name as ownerName',
    ])
    .orderBy('actionItem.dueOn')
    .orderBy('actionItem.id')
    .limit(filter.limit + 1);
  if (filter.state === 'open') query = query.where('actionItem.state', 'in', ['open', 'in_progress']);
  if (filter.owner !== undefined) query = query.where('actionItem.ownerId', '=', filter.owner);
  if (filter.postmortemId !== undefined) query = query.where('actionItem.postmortemId', '=', filter.postmortemId);
  if (filter.id !== undefined) query = query.where('actionItem.id', '=', filter.id);
  if (dueOn !== undefined) query = query.where(sql<boolean>`(action_item.due_on, action_item.id) > (${dueOn}, ${id})`);
  return (await query.execute()) as unknown as ActionViewRow[];
}

export async function listActions(db: Db, now: Instant, filter: ActionFilter): Promise<Output<typeof contract.listActions>> {
  return keysetPage(
    await listActionRows(db, filter),
    filter.limit,
    (row) => [row.dueOn, row.id],
    (row) => actionView(row, now),
  );
}

export async function getAction(db: Db, id: string, now: Instant): Promise<ActionView> {
  const [row] = await listActionRows(db, { limit: 1, state: 'all', id });
  if (row === undefined) throw new AppError('not_found', `there is no action ${id}`);
  return actionView(row, now);
}

function actionView(row: ActionViewRow, now: Instant): ActionView {
  return {
    id: row.id,
    postmortemId: row.postmortemId,
    incident: { id: row.incidentId, number: row.incidentNumber, title: row.incidentTitle },
    title: row.title,
    kind: row.kind,
    priority: row.priority,
    owner: row.ownerId === null ? null : { id: row.ownerId, name: row.ownerName ?? row.ownerId },
    due: row.dueOn,
    state: row.state,
    overdue: isOverdue({ due: row.dueOn, state: row.state }, iso(now).slice(0, 10)),
    because: row.because,
    version: row.version,
  };
}

/** Incidents of a class on a service that were open at some time of a period. */
export async function listClassIncidents(
  db: Db,
  { name, serviceId, from, to }: { name: string; serviceId: Id<'svc'>; from: Instant; to: Instant },
): Promise<Pick<IncidentRow, 'id' | 'anchors'>[]> {
  const rows = await db
    .selectFrom('postmortem')
    .innerJoin('incident', 'incident.id', 'postmortem.incidentId')
    .innerJoin('incidentService', 'incidentService.incidentId', 'incident.id')
    .select(['incident.id', 'incident.anchors'])
    .where('postmortem.class', '=', name)
    .where('incidentService.serviceId', '=', serviceId)
    .where(sql<boolean>`incident.declared_at < ${stamp(to)}`)
    .where(sql<boolean>`(incident.resolved_at is null or incident.resolved_at > ${stamp(from)})`)
    .orderBy('incident.id')
    .execute();
  return rows as unknown as Pick<IncidentRow, 'id' | 'anchors'>[];
}
