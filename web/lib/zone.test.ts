import { describe, expect, it } from 'vitest';
import { isKnownZone, wallInstant, writeTime } from './zone.ts';

describe('a wall clock of a zone', () => {
  it.each([
    ['2026-11-15T22:00', 'Asia/Tokyo', '2026-11-15T13:00:00.000Z'],
    ['2026-11-15T22:00', 'America/New_York', '2026-11-16T03:00:00.000Z'],
    ['2026-07-15T22:00', 'America/New_York', '2026-07-16T02:00:00.000Z'],
    ['2026-11-15T22:00', 'UTC', '2026-11-15T22:00:00.000Z'],
    ['2026-01-01T00:30', 'Pacific/Kiritimati', '2025-12-31T10:30:00.000Z'],
    ['2026-01-01T00:15', 'Asia/Kolkata', '2025-12-31T18:45:00.000Z'],
  ])('shows %s in %s at %s', (text, zone, at) => expect(new Date(wallInstant(text, zone)).toISOString()).toBe(at));

  it('takes the earlier of what it shows twice', () => {
    expect(new Date(wallInstant('2026-11-01T01:30', 'America/New_York')).toISOString()).toBe('2026-11-01T05:30:00.000Z');
  });

  it('goes on where it skips', () => {
    expect(new Date(wallInstant('2026-03-08T02:30', 'America/New_York')).toISOString()).toBe('2026-03-08T07:30:00.000Z');
  });

  it('is none for a text that is no time', () => expect(wallInstant('soon', 'UTC')).toBeNaN());
});

it.each([
  ['Asia/Tokyo', true],
  ['UTC', true],
  ['Asia/Tokio', false],
  ['', false],
])('knows the zone %j: %s', (name, known) => expect(isKnownZone(name)).toBe(known));

it('writes a moment to the second with its date, and without commas', () => {
  expect(writeTime(Date.UTC(2026, 10, 21, 23, 37, 40), 'exact', 'utc')).toBe('Sat 21 Nov 23:37:40');
});
