import { isDeepStrictEqual } from 'node:util';
import { AppError, type FieldProblem } from '#kernel/errors.ts';
import type { Instant } from '#kernel/instant.ts';
import { Slug } from '#kernel/text.ts';
import { listServicesBySlugs } from '#modules/catalog/index.ts';
import { indicatorProblems } from '#modules/signals/index.ts';
import { fieldProblems } from '#platform/http/problem.ts';
import type { Db, VerbContext } from '#platform/verb.ts';
import { tryVersion } from '../book.ts';
import { listBudgetPolicies } from '../budget-policy/policies.ts';
import { ObjectiveDefinition } from '../contract.ts';
import type { DocumentProblem, PlanEntry } from '../core/views.ts';
import { deleteObjective } from '../edit/delete-objective.ts';
import { countedBy, definitionInput, putObjective } from '../edit/put-objective.ts';
import { objectiveProblems } from '../edit/refusals.ts';
import { findVersions, listObjectives } from '../store.ts';
import { lockJudging } from '../tick/lock-judging.ts';

/** A definition as it stands in a file. */
export interface ObjectiveDocument {
  slug: string;
  definition: unknown;
}

const IndicatorPart = ObjectiveDefinition.pick({ indicator: true }).strip();

interface FoundProblem extends DocumentProblem {
  /** Of the document among those given. */
  index: number;
}

interface Plan {
  entries: PlanEntry[];
  problems: FoundProblem[];
  definitions: Map<string, ObjectiveDefinition>;
  /** Of definitions that cannot be read as a whole, the indicators that can: what is wrong with their queries is told at once too. */
  indicators: { slug: string; index: number; indicator: ObjectiveDefinition['indicator'] }[];
}

export interface Definitions {
  documents: readonly ObjectiveDocument[];
  /** Deletes what the services of these documents have besides. */
  prune: boolean;
}

/** Reads every document and says what applying them would do. Every problem is told, each once and with its path. */
export async function planObjectives(db: Db, { documents, prune }: Definitions, now: Instant): Promise<Plan> {
  const plan: Plan = { entries: [], problems: [], definitions: new Map(), indicators: [] };
  documents.forEach((document, index) => readDocument(document, index, plan));
  const services = [...new Set([...plan.definitions.values()].map((definition) => definition.service))];
  const found = await listServicesBySlugs(db, services);
  const known = new Set(found.map((service) => service.slug));
  const facts = { now, policies: await listBudgetPolicies(db) };
  for (const [slug, definition] of plan.definitions) {
    const { service, indicator } = definition;
    const index = documents.findIndex((document) => document.slug === slug);
    const problems: FieldProblem[] = objectiveProblems(slug, definition, facts);
    if (!known.has(service)) problems.push({ path: 'service', message: 'there is no such service', received: service });
    plan.problems.push(...problems.map((problem) => ({ index, slug, ...problem })));
    plan.indicators.push({ slug, index, indicator });
  }
  for (const { slug, index, indicator } of plan.indicators)
    for (const problem of await indicatorProblems(db, indicator))
      plan.problems.push({ index, slug, ...problem, path: `indicator.${problem.path}` });
  const before = await latestDefinitions(db, [...plan.definitions.keys()]);
  for (const [slug, definition] of plan.definitions) plan.entries.push(entryOf(slug, before.get(slug), definition));
  if (!prune) return plan;
  const kept = new Set(documents.map((document) => document.slug));
  const all = await listObjectives(
    db,
    found.map((service) => service.id),
  );
  for (const { slug } of all) if (!kept.has(slug)) plan.entries.push({ slug, action: 'delete', changes: [], keepsCounts: false });
  return plan;
}

function readDocument({ slug, definition }: ObjectiveDocument, index: number, plan: Plan): void {
  const name = Slug.safeParse(slug);
  if (!name.success) plan.problems.push({ index, slug, path: 'slug', message: name.error.issues[0]?.message ?? '', received: slug });
  if (plan.definitions.has(slug))
    plan.problems.push({ index, slug, path: 'slug', message: 'stands twice in these documents', received: slug });
  const parsed = ObjectiveDefinition.safeParse(definition);
  if (parsed.success) {
    plan.definitions.set(slug, parsed.data);
    return;
  }
  plan.problems.push(...fieldProblems(parsed.error, definition, []).map((problem) => ({ index, slug, ...problem })));
  const indicator = IndicatorPart.safeParse(definition);
  if (indicator.success) plan.indicators.push({ slug, index, ...indicator.data });
}

async function latestDefinitions(db: Db, slugs: readonly string[]): Promise<Map<string, Record<string, unknown>>> {
  const wanted = new Set(slugs);
  const rows = (await listObjectives(db)).filter((row) => wanted.has(row.slug));
  const versions = await findVersions(
    db,
    rows.map((row) => ({ objectiveId: row.id, number: row.version })),
  );
  const byId = new Map(
    versions.flatMap((row) => {
      const version = tryVersion(row);
      return version === null ? [] : [[row.objectiveId, definitionInput(version.definition)] as const];
    }),
  );
  return new Map(rows.flatMap((row) => (byId.has(row.id) ? [[row.slug, byId.get(row.id) ?? {}] as const] : [])));
}

function entryOf(slug: string, before: Record<string, unknown> | undefined, definition: ObjectiveDefinition): PlanEntry {
  const after = definitionInput(definition);
  if (before === undefined) return { slug, action: 'create', changes: [], keepsCounts: false };
  const changes = differences(before, after, '');
  const keepsCounts = isDeepStrictEqual(countedBy(before.indicator as never), countedBy(definition.indicator));
  return { slug, action: changes.length === 0 ? 'unchanged' : 'change', changes, keepsCounts };
}

/** Leaf by leaf; what is missing on one side is null there. */
function differences(before: unknown, after: unknown, path: string): PlanEntry['changes'] {
  if (isDeepStrictEqual(before, after)) return [];
  const [a, b] = [partsOf(before), partsOf(after)];
  if (a === null || b === null) return [{ path, before: before ?? null, after: after ?? null }];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differences(a[key], b[key], path === '' ? key : Array.isArray(before) ? `${path}[${key}]` : `${path}.${key}`),
  );
}

function partsOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

/** Applies documents, all or none: a problem in one of them leaves everything as it was. */
export async function applyObjectives(ctx: VerbContext, input: Definitions): Promise<PlanEntry[]> {
  // Before any objective is locked, as a deletion asks for it.
  if (input.prune) await lockJudging(ctx.tx);
  const { entries, problems, definitions } = await planObjectives(ctx.tx, input, ctx.now);
  const [first] = problems;
  if (first !== undefined) {
    throw new AppError('invalid_input', `${first.slug}: ${first.path}: ${first.message}`, {
      fields: problems.slice(0, 50).map(({ index, path, message, received }) => ({
        path: `body.documents[${index}].${path === 'slug' ? path : `definition.${path}`}`,
        message,
        ...(received === undefined ? {} : { received }),
      })),
    });
  }
  const order = entries.filter((entry) => entry.action !== 'unchanged').toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
  for (const { slug, action } of order) {
    const definition = definitions.get(slug);
    if (action === 'delete') await deleteObjective(ctx, { slug, ifMatch: undefined });
    else if (definition !== undefined) await putObjective(ctx, { slug, ifMatch: undefined, definition });
  }
  return entries;
}
