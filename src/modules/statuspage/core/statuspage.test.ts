import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, type Instant, instant, MINUTE_MS } from '#kernel/instant.ts';
import { type ComponentState, componentStateAt, overallState, type PublicImpact, worstState } from './component-state.ts';
import { computeDayBars, type DayBarFacts } from './day-bars.ts';

const at = (text: string): Instant => instant(Date.parse(text));
const NOW = at('2026-11-19T12:00:00Z');
const impact = (
  severity: PublicImpact['severity'],
  from: string,
  to: string | null,
  componentIds = ['api'],
  incidentId = `inc_${severity}`,
): PublicImpact => ({
  incidentId,
  componentIds,
  severity,
  startsAt: at(from),
  endsAt: to === null ? null : at(to),
});

describe('the state of a component', () => {
  test.each([
    ['SEV1', 'major_outage', 'incident_open'],
    ['SEV2', 'partial_outage', 'incident_open'],
    ['SEV3', 'degraded', 'incident_open'],
    ['SEV4', 'operational', 'incident_without_user_impact'],
  ] as const)('in a %s is %s', (severity, state, code) => {
    const verdict = componentStateAt('api', [impact(severity, '2026-11-19T11:00:00Z', null)], NOW);
    expect(verdict).toMatchObject({ state, because: { code } });
    expect(JSON.stringify({ ...verdict.because, facts: { ...verdict.because.facts, incidentId: '' } })).not.toContain(`is a ${severity}`);
  });
  test('is that of the worst of several', () => {
    const impacts = [
      impact('SEV3', '2026-11-19T11:00:00Z', null),
      impact('SEV1', '2026-11-19T11:30:00Z', null),
      impact('SEV4', '2026-11-19T11:40:00Z', null),
    ];
    expect(componentStateAt('api', impacts, NOW)).toMatchObject({
      state: 'major_outage',
      because: { facts: { incidentId: 'inc_SEV1', open: 3 } },
    });
  });
  test.each([
    ['one on another component', impact('SEV1', '2026-11-19T11:00:00Z', null, ['web'])],
    ['one that ends now', impact('SEV1', '2026-11-19T11:00:00Z', '2026-11-19T12:00:00Z')],
    ['one yet to come', impact('SEV1', '2026-11-19T12:00:01Z', null)],
  ])('is not changed by %s', (_name, one) => {
    expect(componentStateAt('api', [one], NOW)).toMatchObject({ state: 'operational', because: { code: 'no_incident' } });
  });
  test('is changed by one that starts now', () => {
    expect(componentStateAt('api', [impact('SEV1', '2026-11-19T12:00:00Z', null)], NOW).state).toBe('major_outage');
  });
});

describe('the state of the page', () => {
  const page = (...states: ComponentState[]) => overallState(states.map((state, i) => ({ name: `C${i + 1}`, state })));
  test.each<[ComponentState[], ComponentState, string, string]>([
    [['operational', 'operational'], 'operational', 'All systems operational', 'all_operational'],
    [['degraded', 'operational'], 'degraded', 'C1 has degraded performance', 'some_affected'],
    [['degraded', 'partial_outage', 'partial_outage'], 'partial_outage', 'C2 and C3 have a partial outage', 'all_affected'],
    [['major_outage', 'major_outage', 'major_outage', 'operational'], 'major_outage', 'C1, C2 and C3 have a major outage', 'some_affected'],
    [
      ['degraded', 'degraded', 'degraded', 'degraded', 'degraded'],
      'degraded',
      'C1, C2, C3 and 2 more have degraded performance',
      'all_affected',
    ],
    [[], 'operational', 'Nothing is watched here yet', 'no_components'],
  ])('of %j', (states, state, sentence, code) => {
    expect(page(...states)).toMatchObject({ state, sentence, because: { code } });
  });
  test('the worst of no states is operational', () => {
    expect(worstState([])).toBe('operational');
  });
});

describe('the bars of ninety days', () => {
  const facts: DayBarFacts = { componentId: 'api', createdAt: at('2026-01-01T00:00:00Z'), impacts: [], zone: 'Europe/Paris', now: NOW };
  const bar = (given: Partial<DayBarFacts>, date: string) => computeDayBars({ ...facts, ...given }).days.find((day) => day.date === date);

  test('end today and are green without incidents', () => {
    const { days, uptimeRatio } = computeDayBars(facts);
    expect([days.length, days[0]?.date, days.at(-1)?.date]).toEqual([90, '2026-08-22', '2026-11-19']);
    expect(days.every((day) => day.state === 'operational' && day.downMinutes === 0)).toBe(true);
    expect(uptimeRatio).toBe(1);
  });

  test('an incident over midnight falls on both days of its zone', () => {
    const impacts = [impact('SEV2', '2026-11-16T22:30:00Z', '2026-11-16T23:45:00Z')];
    expect(bar({ impacts }, '2026-11-16')).toEqual({ date: '2026-11-16', state: 'partial_outage', downMinutes: 30 });
    expect(bar({ impacts }, '2026-11-17')).toEqual({ date: '2026-11-17', state: 'partial_outage', downMinutes: 45 });
    expect(bar({ impacts, zone: 'UTC' }, '2026-11-16')).toMatchObject({ downMinutes: 75 });
    expect(bar({ impacts, zone: 'UTC' }, '2026-11-17')).toMatchObject({ state: 'operational', downMinutes: 0 });
  });

  test('overlapping incidents count once, and degraded time is not down', () => {
    const impacts = [
      impact('SEV2', '2026-11-18T10:00:00Z', '2026-11-18T11:00:00Z'),
      impact('SEV1', '2026-11-18T10:30:00Z', '2026-11-18T11:30:00Z'),
      impact('SEV3', '2026-11-18T09:00:00Z', '2026-11-18T20:00:00Z'),
    ];
    expect(bar({ impacts }, '2026-11-18')).toMatchObject({ state: 'major_outage', downMinutes: 90 });
    expect(bar({ impacts: impacts.slice(2) }, '2026-11-18')).toMatchObject({ state: 'degraded', downMinutes: 0 });
  });

  test('an incident still open lasts until now, and a begun minute counts', () => {
    const impacts = [impact('SEV1', '2026-11-19T11:50:30Z', null)];
    expect(bar({ impacts }, '2026-11-19')).toMatchObject({ state: 'major_outage', downMinutes: 10 });
  });

  test('a whole day down on the day the clocks go back has 25 hours', () => {
    const impacts = [impact('SEV1', '2026-10-24T00:00:00Z', '2026-10-28T00:00:00Z')];
    expect(bar({ impacts }, '2026-10-25')?.downMinutes).toBe(25 * 60);
    expect(bar({ impacts }, '2026-10-26')?.downMinutes).toBe(24 * 60);
  });

  test('before its creation there is no data, and the day of it counts from then', () => {
    const createdAt = at('2026-11-17T12:00:00Z');
    const impacts = [impact('SEV1', '2026-11-16T00:00:00Z', '2026-11-17T13:00:00Z')];
    const { days, uptimeRatio } = computeDayBars({ ...facts, createdAt, impacts });
    expect(days.slice(-4).map((day) => [day.state, day.downMinutes])).toEqual([
      ['no_data', 0],
      ['major_outage', 60],
      ['operational', 0],
      ['operational', 0],
    ]);
    expect(uptimeRatio).toBeCloseTo(1 - 1 / 48, 10);
    expect(computeDayBars({ ...facts, createdAt: NOW })).toMatchObject({ uptimeRatio: null });
    expect(computeDayBars({ ...facts, createdAt: NOW }).days.at(-1)?.state).toBe('operational');
  });

  test('the minutes of any incidents agree with counting them one by one', () => {
    const start = NOW - 5 * DAY_MS;
    const some = fc
      .record({ severity: fc.constantFrom('SEV1', 'SEV2', 'SEV3', 'SEV4' as const), from: fc.nat(5 * 24 * 60), lasts: fc.nat(600) })
      .map(
        ({ severity, from, lasts }): PublicImpact => ({
          incidentId: 'inc',
          componentIds: ['api'],
          severity,
          startsAt: instant(start + from * MINUTE_MS),
          endsAt: instant(start + (from + lasts) * MINUTE_MS),
        }),
      );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), (impacts) => {
        const { days } = computeDayBars({ ...facts, impacts });
        let down = 0;
        for (let minute = start; minute < NOW; minute += MINUTE_MS) {
          if (['partial_outage', 'major_outage'].includes(componentStateAt('api', impacts, instant(minute)).state)) down += 1;
        }
        expect(days.reduce((sum, day) => sum + day.downMinutes, 0)).toBe(down);
      }),
      { numRuns: 50 },
    );
  });
});
