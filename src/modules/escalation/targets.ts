import type { Id } from '#kernel/ids.ts';
import type { Instant } from '#kernel/instant.ts';
import { listPeopleByIds } from '#modules/identity/index.ts';
import { whoIsOnCall } from '#modules/oncall/index.ts';
import type { Db } from '#platform/verb.ts';
import type { Step } from './core/policy.ts';
import type { Paged } from './core/step.ts';
import { findDefaultPolicy, findPolicyOfService } from './store/policy.ts';

/** Whom each step would page at an instant. Nobody twice in a step; a schedule in a gap, or with somebody disabled on call, adds nobody. */
export async function peopleByStep(db: Db, steps: readonly Step[], at: Instant): Promise<Paged[][]> {
  const slugs = steps.flatMap((step) => step.targets.flatMap((target) => (target.kind === 'schedule' ? [target.slug] : [])));
  const onCall = await whoIsOnCall(db, [...new Set(slugs)], at);
  const named = steps.flatMap((step) => step.targets.flatMap((target) => (target.kind === 'person' ? [target.personId] : [])));
  const ids = new Set([...named, ...[...onCall.values()].flatMap((duty) => duty.personId ?? [])]);
  const people = await listPeopleByIds(db, [...ids] as Id<'per'>[]);
  const reachable = new Set<string>(people.flatMap((person) => (person.disabledAt === null ? [person.id] : [])));
  return steps.map((step) => {
    const paged = new Map<string, Paged>();
    for (const target of step.targets) {
      const personId = target.kind === 'person' ? target.personId : (onCall.get(target.slug)?.personId ?? null);
      const via = target.kind === 'person' ? 'named in the policy' : `on call in ${onCall.get(target.slug)?.name ?? target.slug}`;
      if (personId !== null && reachable.has(personId) && !paged.has(personId)) paged.set(personId, { personId, via });
    }
    return [...paged.values()];
  });
}

/**
 * Whom the policies of services would page first at an instant, each person once; the default policy stands in for a
 * service without its own. A step with nobody on call passes the turn to the next.
 */
export async function firstResponders(db: Db, serviceIds: readonly Id<'svc'>[], at: Instant): Promise<Id<'per'>[]> {
  const first = new Set<string>();
  for (const serviceId of serviceIds.length === 0 ? [null] : serviceIds) {
    const policy = (await findPolicyOfService(db, serviceId)) ?? (await findDefaultPolicy(db));
    const steps = await peopleByStep(db, policy?.steps ?? [], at);
    for (const { personId } of steps.find((people) => people.length > 0) ?? []) first.add(personId);
  }
  return [...first] as Id<'per'>[];
}
