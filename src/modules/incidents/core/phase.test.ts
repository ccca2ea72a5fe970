import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { NO_ANCHORS } from './anchors.ts';
import { DEFAULT_MONITORING_MS, type IncidentEvent, type IncidentState, PHASES, type Phase, step } from './phase.ts';
import { SEVERITIES } from './severity.ts';

const NOW = instant(Date.parse('2026-11-19T02:02:30Z'));
const state = (phase: Phase, more: Partial<IncidentState> = {}): IncidentState => ({
  phase,
  severity: phase === 'detected' ? null : 'SEV2',
  anchors: { ...NO_ANCHORS, detectedAt: NOW },
  monitoringMs: DEFAULT_MONITORING_MS,
  ...more,
});

const EVENTS: IncidentEvent[] = [
  { type: 'triage', severity: 'SEV3' },
  { type: 'declare', severity: 'SEV2' },
  { type: 'change_severity', severity: 'SEV1', reason: 'all users' },
  { type: 'mitigate' },
  { type: 'resolve', earlyBecause: 'verified by hand' },
  { type: 'relapse' },
  { type: 'reopen', reason: 'came back' },
  { type: 'learn' },
  { type: 'cancel', reason: 'a false alarm' },
];

describe('every event in every phase', () => {
  const RESULT: Record<string, Phase> = {
    'detected triage': 'triaged',
    'detected declare': 'declared',
    'detected cancel': 'cancelled',
    'triaged declare': 'declared',
    'triaged change_severity': 'triaged',
    'triaged cancel': 'cancelled',
    'declared change_severity': 'declared',
    'declared mitigate': 'mitigated',
    'declared cancel': 'cancelled',
    'mitigated change_severity': 'mitigated',
    'mitigated resolve': 'resolved',
    'mitigated relapse': 'declared',
    'resolved change_severity': 'resolved',
    'resolved reopen': 'declared',
    'resolved learn': 'learned',
    'learned reopen': 'declared',
  };
  test.each(PHASES.flatMap((phase) => EVENTS.map((event) => [phase, event.type, event] as const)))('%s, %s', (phase, type, event) => {
    const result = step(state(phase), event, NOW);
    const expected = RESULT[`${phase} ${type}`];
    if (expected === undefined)
      expect(result).toMatchObject({ kind: 'rejection', because: { code: 'wrong_phase', facts: { phase, event: type } } });
    else expect(result).toMatchObject({ kind: 'transition', state: { phase: expected } });
  });
});

describe('what a transition does', () => {
  test('declaring tells and pages, starts the clock for updates and marks the time', () => {
    expect(step(state('detected'), { type: 'declare', severity: 'SEV2' }, NOW)).toMatchObject({
      because: { code: 'declared' },
      effects: ['tell_audience', 'page_audience', 'start_update_clock'],
      state: { severity: 'SEV2', anchors: { declaredAt: NOW } },
    });
  });

  test('a raised severity pages whom the new one names, a lowered one only tells', () => {
    const raised = step(state('declared'), { type: 'change_severity', severity: 'SEV1', reason: 'all users' }, NOW);
    expect(raised).toMatchObject({
      because: { code: 'severity_raised', facts: { from: 'SEV2', to: 'SEV1', reason: 'all users' } },
      effects: ['tell_audience', 'page_audience', 'restart_update_clock'],
    });
    const lowered = step(state('declared'), { type: 'change_severity', severity: 'SEV3', reason: 'a workaround' }, NOW);
    expect(lowered).toMatchObject({ because: { code: 'severity_lowered' }, effects: ['tell_audience', 'restart_update_clock'] });
    expect(step(state('resolved'), { type: 'change_severity', severity: 'SEV3', reason: 'on review' }, NOW)).toMatchObject({
      effects: ['tell_audience'],
    });
  });

  test('the same severity, and a change without a reason, are refused', () => {
    expect(step(state('declared'), { type: 'change_severity', severity: 'SEV2', reason: 'x' }, NOW)).toMatchObject({
      because: { code: 'same_severity' },
    });
    expect(step(state('declared'), { type: 'change_severity', severity: 'SEV1', reason: ' ' }, NOW)).toMatchObject({
      because: { code: 'reason_missing' },
    });
    expect(step(state('declared'), { type: 'cancel', reason: '' }, NOW)).toMatchObject({ because: { code: 'reason_missing' } });
    expect(step(state('triaged', { severity: null }), { type: 'change_severity', severity: 'SEV1', reason: 'x' }, NOW)).toMatchObject({
      because: { code: 'not_declared' },
    });
  });

  test('a relapse clears mitigation, a reopening also resolution', () => {
    const anchors = { ...NO_ANCHORS, declaredAt: NOW, mitigatedAt: NOW, resolvedAt: NOW };
    expect(step(state('mitigated', { anchors }), { type: 'relapse' }, NOW)).toMatchObject({
      because: { code: 'relapsed' },
      state: { anchors: { mitigatedAt: null, declaredAt: NOW } },
    });
    expect(step(state('resolved', { anchors }), { type: 'reopen', reason: 'came back' }, NOW)).toMatchObject({
      because: { code: 'reopened' },
      state: { anchors: { mitigatedAt: null, resolvedAt: null } },
    });
  });
});

describe('resolving waits for the monitoring period', () => {
  const mitigated = state('mitigated', { anchors: { ...NO_ANCHORS, mitigatedAt: NOW } });
  const after = (minutes: number, earlyBecause: string | null = null, from = mitigated) =>
    step(from, { type: 'resolve', earlyBecause }, plus(NOW, minutes * MINUTE_MS)).because.code;
  test('of thirty minutes', () => {
    expect(after(29.9)).toBe('still_monitoring');
    expect(after(30)).toBe('resolved');
  });
  test('or of what was set', () => {
    expect(after(5, null, { ...mitigated, monitoringMs: 5 * MINUTE_MS })).toBe('resolved');
  });
  test('unless somebody says why not', () => {
    expect(after(5, 'verified with the customer')).toBe('resolved_early');
    expect(after(5, '  ')).toBe('still_monitoring');
  });
});

test('any history of events keeps the phases and anchors together', () => {
  const event = fc.oneof(
    fc.constantFrom(...EVENTS),
    fc.constantFrom(...SEVERITIES).map((severity): IncidentEvent => ({ type: 'change_severity', severity, reason: 'x' })),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      let current = state('detected');
      events.forEach((one, i) => {
        const result = step(current, one, plus(NOW, i * MINUTE_MS));
        if (result.kind === 'transition') current = result.state;
        const { declaredAt, mitigatedAt, resolvedAt } = current.anchors;
        if (['declared', 'mitigated', 'resolved', 'learned'].includes(current.phase)) expect(declaredAt).not.toBeNull();
        expect(mitigatedAt !== null).toBe(['mitigated', 'resolved', 'learned'].includes(current.phase));
        expect(resolvedAt !== null).toBe(['resolved', 'learned'].includes(current.phase));
      });
    }),
  );
});
