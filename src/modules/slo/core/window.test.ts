import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, instant, iso, plus } from '#kernel/instant.ts';
import {
  CALENDAR_UNITS,
  periodAt,
  periodEndingAt,
  periodMs,
  periodText,
  type SloWindow,
  WindowInput,
  windowInput,
  windowText,
} from './window.ts';

const at = (text: string) => instant(Date.parse(text));
const month = (timeZone: string): SloWindow => ({ kind: 'calendar', unit: 'month', timeZone });
const shown = (window: SloWindow, text: string) => {
  const { from, to } = periodAt(window, at(text));
  return [iso(from), iso(to), (to - from) / HOUR_MS];
};

describe('calendar windows', () => {
  test.each([
    [
      'March in New York loses an hour',
      'America/New_York',
      '2026-03-15T12:00:00Z',
      '2026-03-01T05:00:00.000Z',
      '2026-04-01T04:00:00.000Z',
      31 * 24 - 1,
    ],
    [
      'November in New York gains one',
      'America/New_York',
      '2026-11-15T12:00:00Z',
      '2026-11-01T04:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
      30 * 24 + 1,
    ],
    [
      'April on Lord Howe gains half an hour',
      'Australia/Lord_Howe',
      '2026-04-15T12:00:00Z',
      '2026-03-31T13:00:00.000Z',
      '2026-04-30T13:30:00.000Z',
      30 * 24 + 0.5,
    ],
    [
      'October on Lord Howe loses half an hour',
      'Australia/Lord_Howe',
      '2026-10-15T12:00:00Z',
      '2026-09-30T13:30:00.000Z',
      '2026-10-31T13:00:00.000Z',
      31 * 24 - 0.5,
    ],
    ['February of a leap year', 'UTC', '2028-02-29T23:59:59Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z', 29 * 24],
    ['February of any other', 'UTC', '2026-02-28T23:59:59Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', 28 * 24],
  ])('%s', (_name, zone, now, from, to, hours) => {
    expect(shown(month(zone), now)).toEqual([from, to, hours]);
  });

  test('weeks begin on Monday, quarters with their first month', () => {
    expect(shown({ kind: 'calendar', unit: 'week', timeZone: 'UTC' }, '2026-11-22T23:00:00Z').slice(0, 2)).toEqual([
      '2026-11-16T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ]);
    expect(shown({ kind: 'calendar', unit: 'quarter', timeZone: 'UTC' }, '2026-11-22T23:00:00Z').slice(0, 2)).toEqual([
      '2026-10-01T00:00:00.000Z',
      '2027-01-01T00:00:00.000Z',
    ]);
  });

  test('periods touch, and every instant lies in exactly one', () => {
    const zone = fc.constantFrom('UTC', 'America/New_York', 'Australia/Lord_Howe', 'Europe/Berlin', 'Asia/Kathmandu', 'America/Sao_Paulo');
    const moment = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) });
    fc.assert(
      fc.property(zone, fc.constantFrom(...CALENDAR_UNITS), moment, (timeZone, unit, ms) => {
        const window: SloWindow = { kind: 'calendar', unit, timeZone };
        const { from, to } = periodAt(window, instant(ms));
        expect(from <= ms && ms < to).toBe(true);
        expect(periodAt(window, to).from).toBe(to);
        expect(periodAt(window, plus(from, -1)).to).toBe(from);
        expect(periodEndingAt(window, to)).toEqual({ from, to });
        expect(periodMs(window, instant(ms))).toBe(to - from);
      }),
    );
  });
});

test('a rolling window ends now', () => {
  const window: SloWindow = { kind: 'rolling', text: '4w', ms: 28 * DAY_MS };
  expect(periodAt(window, instant(30 * DAY_MS))).toEqual({ from: 2 * DAY_MS, to: 30 * DAY_MS });
});

test('windows are read as they are written', () => {
  for (const given of ['30d', '4w', '1h', { calendar: 'month', timeZone: 'Europe/Berlin' }] as const) {
    expect(windowInput(WindowInput.parse(given))).toEqual(given);
  }
  expect(windowText(WindowInput.parse({ calendar: 'quarter' }))).toBe('quarter (UTC)');
  expect(periodText(month('Europe/Berlin'), at('2026-11-21T12:00:00Z'))).toBe('this month (Europe/Berlin), 30 d');
});

test.each(['59m', '367d', '30', '', 'P30D', { calendar: 'month', timeZone: 'Mars/Olympus' }, { calendar: 'fortnight' }, 30, null])(
  'a window of %j is refused',
  (given) => {
    expect(WindowInput.safeParse(given).success).toBe(false);
  },
);
