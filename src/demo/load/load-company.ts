import { addDaysToDate, dateAt, weekdayOfDate } from '#kernel/zoned.ts';
import { HOUR_MS, type Instant, plus } from '#kernel/instant.ts';
import type { DemoApi } from '../api.ts';
import type { Company } from '../company.ts';

/** Ids of the company's people by their keys. */
export type PeopleByKey = Readonly<Record<string, string>>;

export interface Login {
  email: string;
  password: string;
}

/**
 * Makes the first person of the company the administrator, where the installation has none yet, and tries at later starts
 * whether that still is so. Null where somebody else set it up.
 */
export async function setUpAdministrator(api: DemoApi, company: Company, password: string): Promise<Login | null> {
  const { setupNeeded } = await api.identity.session();
  const [first] = company.people;
  if (first === undefined) return null;
  const { name, email, zone } = first;
  if (setupNeeded) {
    await api.identity.setUp({ body: { name, email, zone, password, organisation: company.organisation } });
    return { email, password };
  }
  const people = await api.identity.listPeople({ query: { limit: 500 } });
  if (people.items.every((person) => person.email !== email)) return null;
  const isOurs = await api.identity.signIn({ body: { email, password } }).then(
    () => true,
    () => false,
  );
  return isOurs ? { email, password } : null;
}

/** Adds what is not there yet: people, services, schedules, policies. What is there stays as somebody may have changed it. */
export async function loadCompany(api: DemoApi, company: Company, now: Instant): Promise<PeopleByKey> {
  const people = await loadPeople(api, company);
  const services = await api.catalog.listServices({ query: { limit: 500 } });
  for (const [slug, body] of Object.entries(company.services))
    if (services.items.every((service) => service.slug !== slug)) await api.catalog.putService({ params: { slug }, body });
  const schedules = await api.oncall.listSchedules();
  for (const [slug, { participants, startedWeeksAgo, ...schedule }] of Object.entries(company.schedules)) {
    if (schedules.items.some((known) => known.slug === slug)) continue;
    const startsOn = addDaysToDate(weekOf(schedule, now), -7 * startedWeeksAgo);
    const ids = participants.map((key) => people[key] ?? key);
    await api.oncall.putSchedule({ params: { slug }, body: { ...schedule, participants: ids, startsOn } });
  }
  const policies = await api.escalation.listPolicies();
  for (const [slug, policy] of Object.entries(company.policies)) {
    if (policies.items.some((known) => known.slug === slug)) continue;
    const steps = policy.steps.map((step) => ({
      ...step,
      targets: step.targets.map((target) => ({ kind: 'schedule' as const, slug: target.schedule })),
    }));
    await api.escalation.putPolicy({ params: { slug }, body: { ...policy, steps } });
  }
  return people;
}

async function loadPeople(api: DemoApi, company: Company): Promise<PeopleByKey> {
  const known = await api.identity.listPeople({ query: { limit: 500 } });
  const ids: Record<string, string> = {};
  for (const { key, ...person } of company.people) {
    const there = known.items.find((item) => item.email === person.email);
    ids[key] = there?.id ?? (await api.identity.createPerson({ body: person }, { idempotencyKey: `demo-person-${key}` })).id;
  }
  return ids;
}

/** The hand-off day of the shift week that `now` lies in. */
function weekOf(schedule: { zone: string; handoffDay: number; handoffTime: string }, now: Instant): string {
  const handoffHours = Number(schedule.handoffTime.slice(0, 2)) + 1;
  const date = dateAt(plus(now, -handoffHours * HOUR_MS), schedule.zone);
  return addDaysToDate(date, -((weekdayOfDate(date) - schedule.handoffDay + 7) % 7));
}
