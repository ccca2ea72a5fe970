import { describe, expect, test } from 'vitest';
import { HOUR_MS, type Instant, instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { type Anchors, between, computeDurations, NO_ANCHORS } from './anchors.ts';
import type { Phase } from './phase.ts';
import { isWorse, proposeSeverity, Severity, SEVERITIES, SEVERITY_TABLE } from './severity.ts';
import { decideReminder, nextUpdateAt } from './update-clock.ts';

const at = (clock: string): Instant => instant(Date.parse(`2015-10-21T${clock}:00Z`));

describe('severities', () => {
  test('are worse the lower their number, and promise more', () => {
    expect(isWorse('SEV1', 'SEV2')).toBe(true);
    expect(isWorse('SEV2', 'SEV2')).toBe(false);
    expect(SEVERITIES.map((one) => SEVERITY_TABLE[one].acknowledgeWithinMs)).toEqual([5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, null]);
    expect(SEVERITIES.map((one) => SEVERITY_TABLE[one].updateEveryMs)).toEqual([15 * MINUTE_MS, 30 * MINUTE_MS, 4 * HOUR_MS, null]);
    expect(SEVERITY_TABLE.SEV1.tells).toEqual(['page_on_call', 'executives', 'status_page']);
    expect(Severity.safeParse('SEV5').success).toBe(false);
  });

  test.each([
    ['burn', 'page', 'critical', 'SEV2', 'critical_burn'],
    ['check', 'page', 'critical', 'SEV2', 'critical_page'],
    ['burn', 'page', 'warning', 'SEV3', 'other_page'],
    ['other', 'page', null, 'SEV3', 'other_page'],
    ['burn', 'ticket', null, 'SEV4', 'ticket_only'],
  ] as const)('a %s alert, %s %s, proposes %s', (source, severity, urgency, proposed, code) => {
    expect(proposeSeverity({ source, severity, urgency })).toMatchObject({ severity: proposed, because: { code } });
  });
});

describe('durations', () => {
  /** The example postmortem of the Google SRE book. */
  const shakespeare: Anchors = {
    impactStartedAt: at('14:54'),
    detectedAt: at('14:55'),
    pagedAt: at('14:55'),
    acknowledgedAt: at('14:58'),
    declaredAt: at('15:01'),
    mitigatedAt: at('15:36'),
    resolvedAt: at('16:30'),
  };
  test('name their anchors', () => {
    const durations = computeDurations(shakespeare);
    expect(Object.values(durations).map((one) => (one.lengthMs ?? 0) / MINUTE_MS)).toEqual([1, 3, 42, 96]);
    expect(durations.detect).toMatchObject({ from: 'impactStartedAt', to: 'detectedAt', because: { code: 'recorded' } });
    expect(durations.acknowledge).toMatchObject({ from: 'pagedAt', to: 'acknowledgedAt' });
    expect(durations.mitigate).toMatchObject({ from: 'impactStartedAt', to: 'mitigatedAt' });
    expect(durations.resolve).toMatchObject({ from: 'impactStartedAt', to: 'resolvedAt' });
    expect(between(shakespeare, 'declaredAt', 'resolvedAt').lengthMs).toBe(89 * MINUTE_MS);
  });
  test.each<[Partial<Anchors>, string, string]>([
    [{ impactStartedAt: null }, 'detect', 'start_missing'],
    [{ impactStartedAt: null }, 'mitigate', 'start_missing'],
    [{ pagedAt: null }, 'acknowledge', 'start_missing'],
    [{ detectedAt: null }, 'detect', 'end_missing'],
    [{ resolvedAt: null }, 'resolve', 'end_missing'],
    [{ acknowledgedAt: at('14:00') }, 'acknowledge', 'ends_before_start'],
  ])('with %j, %s says %s', (change, name, code) => {
    const found = Object.entries(computeDurations({ ...shakespeare, ...change })).find(([key]) => key === name)?.[1];
    expect(found).toMatchObject({ lengthMs: null, because: { code } });
  });
  test('of nothing are nothing, and a moment may be both ends', () => {
    expect(Object.values(computeDurations(NO_ANCHORS)).every((one) => one.lengthMs === null)).toBe(true);
    expect(between({ ...NO_ANCHORS, pagedAt: at('14:00'), acknowledgedAt: at('14:00') }, 'pagedAt', 'acknowledgedAt').lengthMs).toBe(0);
  });
});

describe('the clock for updates', () => {
  const declaredAt = at('15:01');
  const facts = {
    phase: 'declared' as Phase,
    severity: 'SEV2' as Severity | null,
    declaredAt: declaredAt as Instant | null,
    lastUpdateAt: null as Instant | null,
  };
  test.each<[string, Partial<typeof facts>, string | null, string]>([
    ['starts at declaration', {}, '15:31', 'after_declaration'],
    ['goes on from the last update', { lastUpdateAt: at('15:20') }, '15:50', 'after_last_update'],
    ['ignores an update from before', { lastUpdateAt: at('14:20') }, '15:31', 'after_declaration'],
    ['is faster for SEV1', { severity: 'SEV1' }, '15:16', 'after_declaration'],
    ['runs while mitigated', { phase: 'mitigated' }, '15:31', 'after_declaration'],
    ['does not run for SEV4', { severity: 'SEV4' }, null, 'none_promised'],
    ['does not run before declaration', { declaredAt: null, phase: 'triaged' }, null, 'not_declared'],
    ['does not run without severity', { severity: null }, null, 'not_declared'],
    ['stops at the end', { phase: 'resolved' }, null, 'over'],
    ['stops when cancelled', { phase: 'cancelled' }, null, 'over'],
  ])('%s', (_name, change, expected, code) => {
    expect(nextUpdateAt({ ...facts, ...change })).toMatchObject({ at: expected === null ? null : at(expected), because: { code } });
  });
  test('a missed update reminds the Communications Lead, then the Incident Commander', () => {
    const due = at('15:31');
    expect(decideReminder(null, due)).toMatchObject({ remind: 'nobody', wakeAt: null, because: { code: 'not_due' } });
    expect(decideReminder(due, plus(due, -1))).toMatchObject({ remind: 'nobody', wakeAt: due });
    expect(decideReminder(due, due)).toMatchObject({ remind: 'communications_lead', wakeAt: at('15:36'), because: { code: 'due' } });
    expect(decideReminder(due, at('15:36'))).toMatchObject({
      remind: 'incident_commander',
      wakeAt: null,
      because: { code: 'still_missing' },
    });
  });
});
