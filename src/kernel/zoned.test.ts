import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, type Instant, instant, iso } from './instant.ts';
import {
  addDays,
  addDaysToDate,
  addWeeks,
  CalendarDate,
  dateAt,
  instantOf,
  isCalendarDate,
  isZone,
  startOfDate,
  startOfDay,
  wallClockAt,
  WallTime,
  weekdayAt,
  weekdayOfDate,
  Zone,
} from './zoned.ts';

const at = (text: string): Instant => instant(Date.parse(text));

describe('a wall clock becomes an instant', () => {
  test.each([
    ['an ordinary winter day', '2026-01-15', '09:00', 'America/New_York', '2026-01-15T14:00:00.000Z'],
    ['an ordinary summer day', '2026-07-15', '09:00', 'America/New_York', '2026-07-15T13:00:00.000Z'],
    ['a gap goes forward by its length', '2026-03-08', '02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['an overlap takes the earlier instant', '2026-11-01', '01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['a gap in Paris', '2026-03-29', '02:15', 'Europe/Paris', '2026-03-29T01:15:00.000Z'],
    ['an overlap in Paris', '2026-10-25', '02:15', 'Europe/Paris', '2026-10-25T00:15:00.000Z'],
    ['a gap of half an hour on Lord Howe', '2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    ['an overlap of half an hour on Lord Howe', '2026-04-05', '01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
  ])('%s', (_name, date, time, zone, expected) => {
    expect(iso(instantOf(date, time, zone))).toBe(expected);
  });

  test('a day without midnight starts at its first instant', () => {
    expect(iso(startOfDate('2026-09-06', 'America/Santiago'))).toBe('2026-09-06T04:00:00.000Z');
  });
});

describe('an instant becomes a wall clock', () => {
  test.each([
    ['2026-11-01T05:30:00Z', 'America/New_York', { date: '2026-11-01', time: '01:30', weekday: 7 }],
    ['2026-11-01T06:30:00Z', 'America/New_York', { date: '2026-11-01', time: '01:30', weekday: 7 }],
    ['2026-10-03T15:30:00Z', 'Australia/Lord_Howe', { date: '2026-10-04', time: '02:30', weekday: 7 }],
    ['2026-11-20T23:30:00Z', 'Europe/Paris', { date: '2026-11-21', time: '00:30', weekday: 6 }],
  ])('%s in %s', (text, zone, expected) => {
    expect(wallClockAt(at(text), zone)).toEqual(expected);
    expect(weekdayAt(at(text), zone)).toBe(expected.weekday);
    expect(dateAt(at(text), zone)).toBe(expected.date);
  });

  test('the start of a local day is midnight there, on both sides of a clock change', () => {
    expect(iso(startOfDay(at('2026-03-29T20:00:00Z'), 'Europe/Paris'))).toBe('2026-03-28T23:00:00.000Z');
    expect(iso(startOfDay(at('2026-03-30T20:00:00Z'), 'Europe/Paris'))).toBe('2026-03-29T22:00:00.000Z');
  });
});

describe('days and weeks keep the wall clock', () => {
  test('a spring day in New York has 23 hours, an autumn day 25, one on Lord Howe 24 and a half', () => {
    const spring = at('2026-03-07T17:00:00Z');
    expect(addDays(spring, 1, 'America/New_York') - spring).toBe(23 * HOUR_MS);
    const autumn = at('2026-10-31T16:00:00Z');
    expect(addDays(autumn, 1, 'America/New_York') - autumn).toBe(25 * HOUR_MS);
    const island = at('2026-04-04T01:00:00Z');
    expect(addDays(island, 1, 'Australia/Lord_Howe') - island).toBe(24.5 * HOUR_MS);
  });

  test('a week is seven days, forward and back', () => {
    const start = at('2026-03-23T08:00:00Z');
    expect(iso(addWeeks(start, 1, 'Europe/Paris'))).toBe('2026-03-30T07:00:00.000Z');
    expect(addWeeks(addWeeks(start, 1, 'Europe/Paris'), -1, 'Europe/Paris')).toBe(start);
  });

  test('dates without a zone count through leap days', () => {
    expect(addDaysToDate('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDaysToDate('2026-12-31', 1)).toBe('2027-01-01');
    expect(weekdayOfDate('2026-11-20')).toBe(5);
  });

  test('every instant survives a trip through the wall clock, but for the second pass of an overlap', () => {
    const zones = fc.constantFrom('America/New_York', 'Australia/Lord_Howe', 'Europe/Paris', 'UTC', 'Asia/Kathmandu');
    const minutes = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 });
    fc.assert(
      fc.property(zones, minutes, (zone, minute) => {
        const start = instant(minute * 60_000);
        const wall = wallClockAt(start, zone);
        const back = instantOf(wall.date, wall.time, zone);
        expect([0, HOUR_MS, HOUR_MS / 2]).toContain(start - back);
        expect(wallClockAt(back, zone)).toEqual(wall);
      }),
    );
  });
});

describe('what is accepted', () => {
  test.each(['UTC', 'Europe/Paris', 'America/Argentina/Ushuaia', 'Etc/GMT+5'])('%s is a zone', (name) => {
    expect(isZone(name)).toBe(true);
    expect(Zone.parse(name)).toBe(name);
  });
  test.each(['', '+01:00', 'Europe/Atlantis', 'Mars', 'UTC]', '-05', 'Europe/Paris[u-ca=hebrew'])('%j is not', (name) => {
    expect(isZone(name)).toBe(false);
    expect(Zone.safeParse(name).success).toBe(false);
  });
  test('dates exist and times are of one day', () => {
    expect(isCalendarDate('2026-02-28')).toBe(true);
    for (const wrong of ['2026-02-29', '2026-13-01', '1999-01-01', '26-1-1', '']) expect(CalendarDate.safeParse(wrong).success).toBe(false);
    expect(WallTime.parse('23:59')).toBe('23:59');
    for (const wrong of ['24:00', '9:00', '09:60', '09:00:00']) expect(WallTime.safeParse(wrong).success).toBe(false);
  });
});
