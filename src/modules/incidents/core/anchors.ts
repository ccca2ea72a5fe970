import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, humanDuration, type Instant } from '#kernel/instant.ts';

/** The moments that an incident's durations are measured between. A milestone that was skipped stays null, never 0. */
export interface Anchors {
  /** When customers began to feel it; set by people or found in the indicator, never assumed. */
  impactStartedAt: Instant | null;
  /** First signal, of an alert or a person. */
  detectedAt: Instant | null;
  pagedAt: Instant | null;
  acknowledgedAt: Instant | null;
  declaredAt: Instant | null;
  /** When customers stopped feeling it. */
  mitigatedAt: Instant | null;
  resolvedAt: Instant | null;
}
export type Anchor = keyof Anchors;

export const NO_ANCHORS: Anchors = {
  impactStartedAt: null,
  detectedAt: null,
  pagedAt: null,
  acknowledgedAt: null,
  declaredAt: null,
  mitigatedAt: null,
  resolvedAt: null,
};

/** What alerts and pages say of an incident, at the moment it is asked. */
export interface AlertMoments {
  openedAt: Instant;
  acknowledgedAt: Instant | null;
}

/**
 * The anchors as alerts and pages make them: an alert that is linked, paged or acknowledged after the declaration counts
 * like one before it. The earliest of each kind stands.
 */
export function followAlerts(anchors: Anchors, alerts: readonly AlertMoments[], pagedAt: readonly Instant[]): Anchors {
  return {
    ...anchors,
    detectedAt: earliest([anchors.detectedAt, ...alerts.map((alert) => alert.openedAt)]),
    pagedAt: earliest([anchors.pagedAt, ...pagedAt]),
    acknowledgedAt: earliest([anchors.acknowledgedAt, ...alerts.map((alert) => alert.acknowledgedAt)]),
  };
}

/** Null where none is known. */
export function earliest(times: readonly (Instant | null)[]): Instant | null {
  return times.filter((at) => at !== null).reduce<Instant | null>((a, b) => (a === null || b < a ? b : a), null);
}

export type DurationName = 'detect' | 'acknowledge' | 'mitigate' | 'resolve';
export type DurationCode = 'recorded' | 'start_missing' | 'end_missing' | 'ends_before_start';

export interface IncidentDuration {
  from: Anchor;
  to: Anchor;
  /** Null where it cannot be told; `because` says which anchor is missing, or that they contradict. */
  lengthMs: DurationMs | null;
  because: Because<DurationCode>;
}

const MEASURED: Readonly<Record<DurationName, { from: Anchor; to: Anchor }>> = {
  detect: { from: 'impactStartedAt', to: 'detectedAt' },
  acknowledge: { from: 'pagedAt', to: 'acknowledgedAt' },
  mitigate: { from: 'impactStartedAt', to: 'mitigatedAt' },
  resolve: { from: 'impactStartedAt', to: 'resolvedAt' },
};

const WORDS: Readonly<Record<Anchor, string>> = {
  impactStartedAt: 'the start of impact',
  detectedAt: 'detection',
  pagedAt: 'the first page',
  acknowledgedAt: 'acknowledgement',
  declaredAt: 'declaration',
  mitigatedAt: 'mitigation',
  resolvedAt: 'resolution',
};

/** Time to detect, acknowledge, mitigate and resolve, each naming its anchors. Computed afresh, so editing an anchor mends them. */
export function computeDurations(anchors: Anchors): Record<DurationName, IncidentDuration> {
  const measure = (name: DurationName): IncidentDuration => between(anchors, MEASURED[name].from, MEASURED[name].to);
  return { detect: measure('detect'), acknowledge: measure('acknowledge'), mitigate: measure('mitigate'), resolve: measure('resolve') };
}

export function between(anchors: Anchors, from: Anchor, to: Anchor): IncidentDuration {
  const start = anchors[from];
  const end = anchors[to];
  const facts = { from, to, startAt: start, endAt: end };
  if (start === null) return { from, to, lengthMs: null, because: because('start_missing', `${WORDS[from]} is not recorded`, facts) };
  if (end === null) return { from, to, lengthMs: null, because: because('end_missing', `${WORDS[to]} is not recorded`, facts) };
  if (end < start)
    return { from, to, lengthMs: null, because: because('ends_before_start', `${WORDS[to]} is before ${WORDS[from]}`, facts) };
  const lengthMs = end - start;
  return { from, to, lengthMs, because: because('recorded', `${humanDuration(lengthMs)} from ${WORDS[from]} to ${WORDS[to]}`, facts) };
}
