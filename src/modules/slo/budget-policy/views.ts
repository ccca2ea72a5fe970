import { AppError } from '#kernel/errors.ts';
import { iso, isoOrNull } from '#kernel/instant.ts';
import { listServicesByIds } from '#modules/catalog/index.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import { keysetAfter, keysetPage } from '#platform/db/keyset.ts';
import type { Db } from '#platform/verb.ts';
import { renderPolicyDocument } from '../core/budget-policy/document.ts';
import type { BudgetPolicyView } from '../core/budget-policy/operations.ts';
import type { BudgetPolicy } from '../core/budget-policy/policy.ts';
import { PRESETS } from '../core/budget-policy/presets.ts';
import { type BudgetPolicies, governingPolicy, policyOfRow } from './policies.ts';
import { type GovernedRow, listBudgetPolicyRows, listGoverned, listServicePolicies, listSignatures, type SignatureRow } from './store.ts';

type Known = BudgetPolicy & { updatedAt: string | null };

/** Everything that is told of policies, read at once: there are few of them. */
interface Shelf {
  policies: BudgetPolicies;
  known: ReadonlyMap<string, Known>;
  governed: readonly GovernedRow[];
  services: ReadonlyMap<string, string>;
}

async function readShelf(db: Db): Promise<Shelf> {
  const rows = await listBudgetPolicyRows(db);
  const given = await listServicePolicies(db);
  const governed = await listGoverned(db);
  const services = await listServicesByIds(db, [...new Set([...given, ...governed].map((row) => row.serviceId))]);
  const known: Known[] = [
    ...PRESETS.map((preset) => ({ ...preset, updatedAt: null })),
    ...rows.map((row) => ({ ...policyOfRow(row), updatedAt: isoOrNull(row.updatedAt) })),
  ];
  const bySlug = new Map(known.map((policy) => [policy.slug, policy]));
  return {
    known: bySlug,
    policies: {
      all: bySlug,
      byService: new Map(given.map(({ serviceId, policySlug }) => [serviceId, policySlug])),
    },
    governed,
    services: new Map(services.map((service) => [service.id, service.slug])),
  };
}

function governedBy({ policies, governed, services }: Shelf, slug: string): BudgetPolicyView['objectives'] {
  return governed
    .filter((row) => governingPolicy(policies, row.policy ?? undefined, row.serviceId).slug === slug)
    .map((row) => ({ slug: row.slug, name: row.name, service: services.get(row.serviceId) ?? '' }));
}

function viewOf(shelf: Shelf, policy: Known, signatures: BudgetPolicyView['signatures']): BudgetPolicyView {
  const { slug, name, levels, exceptions, version, updatedAt } = policy;
  const given = [...shelf.policies.byService].filter(([, own]) => own === slug).map(([serviceId]) => shelf.services.get(serviceId) ?? '');
  return { slug, name, levels, exceptions, version, updatedAt, services: given.sort(), objectives: governedBy(shelf, slug), signatures };
}

async function signaturesOf(db: Db, policies: readonly BudgetPolicy[]): Promise<Map<string, BudgetPolicyView['signatures']>> {
  const rows = await listSignatures(
    db,
    policies.map((policy) => policy.slug),
  );
  const people = await listPeopleByIds(db, [...new Set(rows.map((row) => row.personId))]);
  const names = new Map(people.map((person) => [person.id, person.name]));
  const view = (policy: BudgetPolicy, row: SignatureRow): BudgetPolicyView['signatures'][number] => ({
    person: { id: row.personId, name: names.get(row.personId) ?? row.personId },
    role: row.role,
    version: row.version,
    signedAt: iso(row.signedAt),
    current: row.version === policy.version,
  });
  return new Map(
    policies.map((policy) => [policy.slug, rows.filter((row) => row.policySlug === policy.slug).map((row) => view(policy, row))]),
  );
}

export async function listBudgetPolicyViews(
  db: Db,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<{ items: BudgetPolicyView[]; next: string | null }> {
  const [last] = keysetAfter(after, 1);
  const shelf = await readShelf(db);
  const sorted = [...shelf.known.values()].sort((a, b) => (a.slug < b.slug ? -1 : 1));
  const rest = sorted.filter((policy) => last === undefined || policy.slug > last).slice(0, limit + 1);
  const signatures = await signaturesOf(db, rest);
  return keysetPage(
    rest,
    limit,
    ({ slug }) => [slug],
    (policy) => viewOf(shelf, policy, signatures.get(policy.slug) ?? []),
  );
}

export async function budgetPolicyView(db: Db, slug: string): Promise<BudgetPolicyView> {
  const shelf = await readShelf(db);
  const policy = shelf.known.get(slug);
  if (policy === undefined) throw new AppError('not_found', `there is no error-budget policy ${slug}`, { facts: { policy: slug } });
  return viewOf(shelf, policy, (await signaturesOf(db, [policy])).get(slug) ?? []);
}

export async function budgetPolicyDocument(db: Db, slug: string): Promise<string> {
  const view = await budgetPolicyView(db, slug);
  return renderPolicyDocument({
    policy: view,
    services: view.services,
    objectives: view.objectives,
    signatures: view.signatures.map(({ person, role, version, signedAt }) => ({ person: person.name, role, version, signedAt })),
  });
}
