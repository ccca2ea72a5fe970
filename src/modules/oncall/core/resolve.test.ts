import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, type Instant, instant, iso, MINUTE_MS } from '#kernel/instant.ts';
import { wallClockAt } from '#kernel/zoned.ts';
import { resolveOnCall } from './resolve.ts';
import { OverrideDefinition, type Schedule, ScheduleDefinition } from './schedule.ts';
import { gapsBetween, shiftsBetween } from './shifts.ts';

const at = (text: string): Instant => instant(Date.parse(text));

/** Monday 2026-11-02 is the first hand-off: ana, then ben, then cai, weekly at 09:00 in Paris. */
const weekly: Schedule = {
  zone: 'Europe/Paris',
  participants: ['ana', 'ben', 'cai'],
  handoffDay: 1,
  handoffTime: '09:00',
  startsOn: '2026-11-02',
  weeksPerShift: 1,
  overrides: [],
};
const override = (id: string, personId: string, from: string, to: string) => ({ id, personId, startsAt: at(from), endsAt: at(to) });

describe('the rotation', () => {
  test.each([
    ['2026-11-02T07:59:59.999Z', null, 'gap_not_started'],
    ['2026-11-02T08:00:00Z', 'ana', 'rotation'],
    ['2026-11-09T07:59:59.999Z', 'ana', 'rotation'],
    ['2026-11-09T08:00:00Z', 'ben', 'rotation'],
    ['2026-11-16T08:00:00Z', 'cai', 'rotation'],
    ['2026-11-23T08:00:00Z', 'ana', 'rotation'],
  ])('at %s it is %s', (text, person, code) => {
    expect(resolveOnCall(weekly, at(text))).toMatchObject({ personId: person, because: { code } });
  });

  test('says until when, and who is next', () => {
    const answer = resolveOnCall(weekly, at('2026-11-10T12:00:00Z'));
    expect(iso(answer.until ?? instant(0))).toBe('2026-11-16T08:00:00.000Z');
    expect(answer.next).toMatchObject({ personId: 'cai', at: at('2026-11-16T08:00:00Z'), because: { code: 'rotation' } });
    expect(resolveOnCall(weekly, at('2026-10-01T00:00:00Z')).next).toMatchObject({ personId: 'ana', at: at('2026-11-02T08:00:00Z') });
  });

  test('hands over at the same wall-clock time on both sides of a clock change', () => {
    const fromSummer = { ...weekly, startsOn: '2026-10-19' };
    expect(resolveOnCall(fromSummer, at('2026-10-19T07:00:00Z')).until).toBe(at('2026-10-26T08:00:00Z'));
    const newYork = { ...weekly, zone: 'America/New_York', startsOn: '2026-03-02' };
    expect(resolveOnCall(newYork, at('2026-03-03T00:00:00Z')).until).toBe(at('2026-03-09T13:00:00Z'));
  });

  test('a hand-off in a skipped hour happens after it, one in a doubled hour at its first pass', () => {
    const skipped = { ...weekly, zone: 'America/New_York', handoffDay: 7, handoffTime: '02:30', startsOn: '2026-03-01' };
    expect(resolveOnCall(skipped, at('2026-03-05T00:00:00Z')).until).toBe(at('2026-03-08T07:30:00Z'));
    const doubled = { ...skipped, handoffTime: '01:30', startsOn: '2026-10-25' };
    expect(resolveOnCall(doubled, at('2026-10-28T00:00:00Z')).until).toBe(at('2026-11-01T05:30:00Z'));
  });

  test('a start on another day than the hand-off day makes the first shift short', () => {
    const midWeek = { ...weekly, startsOn: '2026-11-05' };
    expect(resolveOnCall(midWeek, at('2026-11-05T07:59:00Z')).because.code).toBe('gap_not_started');
    expect(resolveOnCall(midWeek, at('2026-11-05T08:00:00Z'))).toMatchObject({ personId: 'ana', until: at('2026-11-09T08:00:00Z') });
  });

  test('shifts may last several weeks', () => {
    const fortnightly = { ...weekly, weeksPerShift: 2 };
    expect(resolveOnCall(fortnightly, at('2026-11-15T12:00:00Z')).personId).toBe('ana');
    expect(resolveOnCall(fortnightly, at('2026-11-16T08:00:00Z')).personId).toBe('ben');
  });

  test('without participants there is a gap that never ends by itself', () => {
    expect(resolveOnCall({ ...weekly, participants: [] }, at('2026-11-10T00:00:00Z'))).toMatchObject({
      personId: null,
      because: { code: 'gap_no_participants' },
      until: null,
      next: null,
    });
  });
});

describe('overrides', () => {
  const covered: Schedule = {
    ...weekly,
    overrides: [
      override('ovr_2', 'dee', '2026-11-10T20:00:00Z', '2026-11-11T06:00:00Z'),
      override('ovr_1', 'eli', '2026-11-10T18:00:00Z', '2026-11-11T08:00:00Z'),
    ],
  };

  test.each([
    ['2026-11-10T17:59:00Z', 'ben', 'rotation', '2026-11-10T18:00:00Z'],
    ['2026-11-10T18:00:00Z', 'eli', 'override', '2026-11-10T20:00:00Z'],
    ['2026-11-10T20:00:00Z', 'dee', 'override', '2026-11-11T06:00:00Z'],
    ['2026-11-11T06:00:00Z', 'eli', 'override', '2026-11-11T08:00:00Z'],
    ['2026-11-11T08:00:00Z', 'ben', 'rotation', '2026-11-16T08:00:00Z'],
  ])('at %s it is %s, the one created last winning', (text, person, code, until) => {
    expect(resolveOnCall(covered, at(text))).toMatchObject({ personId: person, because: { code }, until: at(until) });
  });

  test('one created earlier that begins inside changes nothing', () => {
    const inner = {
      ...weekly,
      overrides: [
        override('ovr_9', 'dee', '2026-11-10T00:00:00Z', '2026-11-11T00:00:00Z'),
        override('ovr_1', 'eli', '2026-11-10T06:00:00Z', '2026-11-10T07:00:00Z'),
      ],
    };
    expect(resolveOnCall(inner, at('2026-11-10T01:00:00Z')).until).toBe(at('2026-11-11T00:00:00Z'));
  });

  test('one fills a gap, before the start and without participants', () => {
    const early = { ...weekly, overrides: [override('ovr_1', 'dee', '2026-10-30T00:00:00Z', '2026-10-31T00:00:00Z')] };
    expect(resolveOnCall(early, at('2026-10-30T12:00:00Z'))).toMatchObject({ personId: 'dee', because: { code: 'override' } });
    expect(resolveOnCall(early, at('2026-10-29T12:00:00Z')).until).toBe(at('2026-10-30T00:00:00Z'));
    expect(resolveOnCall({ ...early, participants: [] }, at('2026-10-29T12:00:00Z')).next).toMatchObject({ personId: 'dee' });
  });
});

const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  zone: fc.constantFrom('America/New_York', 'Australia/Lord_Howe', 'Europe/Paris', 'UTC', 'America/Santiago'),
  participants: fc.array(fc.constantFrom('ana', 'ben', 'cai'), { maxLength: 4 }),
  handoffDay: fc.integer({ min: 1, max: 7 }),
  handoffTime: fc.constantFrom('00:00', '01:30', '02:15', '02:30', '09:00', '23:59'),
  startsOn: fc.constantFrom('2026-01-01', '2026-03-08', '2026-09-06', '2026-10-04', '2026-10-25'),
  weeksPerShift: fc.integer({ min: 1, max: 3 }),
  overrides: fc.array(
    fc
      .record({ id: fc.string({ minLength: 1 }), personId: fc.constantFrom('dee', 'eli'), startDay: fc.nat(400), hours: fc.nat(200) })
      .map(({ id, personId, startDay, hours }) => {
        const startsAt = instant(Date.UTC(2026, 0, 1) + startDay * DAY_MS);
        return { id, personId, startsAt, endsAt: instant(startsAt + hours * HOUR_MS) };
      }),
    { maxLength: 5 },
  ),
});

describe('for any schedule', () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 400 * 24 }), fc.integer({ min: 1, max: 200 * 24 }));

  test('the shifts tile the range exactly and agree with who is on call at each of their ends', () => {
    fc.assert(
      fc.property(anySchedule, range, (schedule, [startHour, hours]) => {
        const from = instant(Date.UTC(2026, 0, 1) + startHour * HOUR_MS);
        const to = instant(from + hours * HOUR_MS);
        const shifts = shiftsBetween(schedule, from, to);
        expect(shifts[0]?.startsAt).toBe(from);
        expect(shifts.at(-1)?.endsAt).toBe(to);
        shifts.forEach((shift, i) => {
          if (i > 0) expect(shift.startsAt).toBe(shifts[i - 1]?.endsAt);
          expect(shift.endsAt).toBeGreaterThan(shift.startsAt);
          expect(resolveOnCall(schedule, shift.startsAt).personId).toBe(shift.personId);
          expect(resolveOnCall(schedule, instant(shift.endsAt - 1)).personId).toBe(shift.personId);
        });
        expect(gapsBetween(schedule, from, to)).toEqual(shifts.filter((shift) => shift.personId === null));
      }),
    );
  });

  test('nothing changes before `until`, and what was announced as next is what then holds', () => {
    fc.assert(
      fc.property(anySchedule, fc.nat(400 * 24 * 60), fc.nat(1000), (schedule, minute, part) => {
        const now = instant(Date.UTC(2026, 0, 1) + minute * MINUTE_MS);
        const answer = resolveOnCall(schedule, now);
        if (answer.until === null) return;
        const within = instant(now + Math.floor(((answer.until - now - 1) * part) / 1000));
        expect(resolveOnCall(schedule, within)).toMatchObject({ personId: answer.personId, until: answer.until, because: answer.because });
        expect(resolveOnCall(schedule, answer.until).personId).toBe(answer.next?.personId);
      }),
    );
  });

  test('a hand-off of the rotation falls on its day, and at its time unless the clock skipped it', () => {
    fc.assert(
      fc.property(anySchedule, fc.nat(400), (schedule, day) => {
        const now = instant(Date.UTC(2026, 11, 1) + day * DAY_MS);
        const { until, because } = resolveOnCall({ ...schedule, overrides: [] }, now);
        if (because.code !== 'rotation' || until === null) return;
        const wall = wallClockAt(until, schedule.zone);
        expect(wall.weekday).toBe(schedule.handoffDay);
        expect(wall.time >= schedule.handoffTime).toBe(true);
        if (wall.time !== schedule.handoffTime) expect(['00:00', '01:30', '02:15', '02:30']).toContain(schedule.handoffTime);
      }),
    );
  });
});

test('a thousand hours are resolved minute by minute in well under a second', () => {
  const busy = { ...weekly, overrides: [override('ovr_1', 'dee', '2026-11-10T20:00:00Z', '2026-11-11T06:00:00Z')] };
  const from = at('2036-11-02T00:00:00Z');
  const started = performance.now();
  for (let minute = 0; minute < 60_000; minute += 1) resolveOnCall(busy, instant(from + minute * MINUTE_MS));
  expect(performance.now() - started).toBeLessThan(900);
});

describe('what a definition may say', () => {
  const { overrides: _overrides, ...good } = weekly;
  test('a good one is accepted, with weekly shifts unless told', () => {
    const { weeksPerShift: _weeks, ...short } = good;
    expect(ScheduleDefinition.parse(short)).toEqual(good);
  });
  test.each([
    ['a zone that is none', { zone: '+01:00' }],
    ['an eighth weekday', { handoffDay: 8 }],
    ['a time past midnight', { handoffTime: '24:00' }],
    ['a day that does not exist', { startsOn: '2026-02-30' }],
    ['shifts of no weeks', { weeksPerShift: 0 }],
    ['a crowd', { participants: Array(101).fill('ana') }],
    ['a nameless participant', { participants: [''] }],
  ])('%s is refused', (_name, wrong) => {
    expect(ScheduleDefinition.safeParse({ ...good, ...wrong }).success).toBe(false);
  });
  test('an override ends after it starts and lasts at most 92 days', () => {
    const startsAt = '2026-11-10T20:00:00Z';
    expect(OverrideDefinition.safeParse({ personId: 'dee', startsAt, endsAt: '2026-11-11T06:00:00+01:00' }).success).toBe(true);
    for (const endsAt of [startsAt, '2026-11-01T00:00:00Z', '2027-03-01T00:00:00Z', 'tomorrow']) {
      expect(OverrideDefinition.safeParse({ personId: 'dee', startsAt, endsAt }).success).toBe(false);
    }
  });
});
