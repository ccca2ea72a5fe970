import { AppError, type FieldProblem } from '#kernel/errors.ts';
import { requireVersion } from '#kernel/version.ts';
import { listServicesBySlugs } from '#modules/catalog/index.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import { listSchedules } from '#modules/oncall/index.ts';
import { lockName } from '#platform/db/lock-name.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { PutPolicy } from './contract.ts';
import { assignServices, lockPolicy, type PolicyRow, upsertPolicy } from './store/policy.ts';

export interface PutPolicyInput {
  slug: string;
  ifMatch: number | undefined;
  policy: PutPolicy;
}

/** Creates or changes a policy. Schedules, people and services it names must be there; pages that run keep the old steps. */
export async function putPolicy(ctx: VerbContext, { slug, ifMatch, policy }: PutPolicyInput): Promise<PolicyRow> {
  // One edit of policies at a time: a service has one policy and the installation one default, whichever slugs they are.
  await lockName(ctx.tx, 'policies', '');
  const before = await lockPolicy(ctx.tx, slug);
  requireVersion(`policy ${slug}`, before?.version ?? 0, ifMatch);
  await requireTargets(ctx, policy);
  const services = await listServicesBySlugs(ctx.tx, policy.services);
  const missing = policy.services.filter((service) => services.every((found) => found.slug !== service));
  if (missing.length > 0)
    refuse(missing.map((service) => ({ path: 'body.services', message: 'there is no such service', received: service })));
  const { services: _slugs, ...definition } = policy;
  const after: PolicyRow = {
    ...definition,
    slug,
    id: before?.id ?? ctx.ids.next('pol'),
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? ctx.now,
  };
  await upsertPolicy(ctx.tx, after);
  await assignServices(
    ctx.tx,
    after.id,
    services.map((service) => service.id),
  );
  await ctx.audit({ operation: 'escalation.putPolicy', subject: after.id, before, after: { ...after, services: policy.services } });
  return after;
}

async function requireTargets(ctx: VerbContext, policy: PutPolicy): Promise<void> {
  const targets = policy.steps.flatMap((step, s) => step.targets.map((target, t) => ({ target, path: `body.steps[${s}].targets[${t}]` })));
  const schedules = new Set(
    (
      await listSchedules(
        ctx.tx,
        targets.flatMap(({ target }) => (target.kind === 'schedule' ? [target.slug] : [])),
      )
    ).map((row) => row.slug),
  );
  const people = new Set(
    (
      await listPeopleByIds(
        ctx.tx,
        targets.flatMap(({ target }) => (target.kind === 'person' ? [target.personId] : [])),
      )
    ).map((row) => row.id),
  );
  const problems = targets.flatMap(({ target, path }): FieldProblem[] => {
    if (target.kind === 'schedule')
      return schedules.has(target.slug) ? [] : [{ path: `${path}.slug`, message: 'there is no such schedule', received: target.slug }];
    return people.has(target.personId) ? [] : [{ path: `${path}.personId`, message: 'there is no such person', received: target.personId }];
  });
  if (problems.length > 0) refuse(problems);
}

function refuse(fields: FieldProblem[]): never {
  throw new AppError(
    'invalid_input',
    fields.map((field) => `${field.path}: ${field.message}, received ${field.received ?? ''}`).join('; '),
    { fields },
  );
}
