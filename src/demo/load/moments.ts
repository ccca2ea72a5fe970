import { DAY_MS, floorTo, HOUR_MS, type Instant, MINUTE_MS, plus } from '#kernel/instant.ts';

/** The moment of `daysAgo` and a UTC time of day, seen from the day of loading. */
export function momentOf({ daysAgo, at }: { daysAgo: number; at: string }, loadedAt: Instant): Instant {
  const [hours, minutes] = at.split(':').map(Number);
  return plus(floorTo(loadedAt, DAY_MS), -daysAgo * DAY_MS + (hours ?? 0) * HOUR_MS + (minutes ?? 0) * MINUTE_MS);
}

export function impactStartOf(incident: { daysAgo: number; impactAt: string }, loadedAt: Instant): Instant {
  return momentOf({ daysAgo: incident.daysAgo, at: incident.impactAt }, loadedAt);
}
