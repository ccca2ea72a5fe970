import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, type Instant, instant, MINUTE_MS } from '#kernel/instant.ts';
import {
  type Announced,
  type Announcement,
  askedFor,
  type AudienceFacts,
  decideAnnouncement,
  decideAudience,
  HELD_MS,
  NOTHING_ANNOUNCED,
} from './announcement.ts';
import { GATE_LEVELS, type GateLevel } from './gate.ts';

const T0 = instant(Date.parse('2026-11-19T12:00:00Z'));
const at = (ms: number): Instant => instant(T0 + ms);
const told = (level: GateLevel, betterSince: Instant | null = null): Announced => ({ level, betterSince });

describe('a level', () => {
  test('that is worse is told at once', () => {
    expect(decideAnnouncement(NOTHING_ANNOUNCED, 'caution', T0)).toMatchObject({
      tell: true,
      announced: told('caution'),
      because: { code: 'worse' },
    });
    expect(decideAnnouncement(told('slow', at(-MINUTE_MS)), 'frozen', T0)).toMatchObject({ tell: true, announced: told('frozen') });
  });

  test('that was told is not told again', () => {
    for (const level of GATE_LEVELS)
      expect(decideAnnouncement(told(level, at(-HOUR_MS)), level, T0)).toMatchObject({ tell: false, announced: told(level) });
  });

  test('that is better is told when it has held for an hour', () => {
    const first = decideAnnouncement(told('slow'), 'caution', T0);
    expect(first).toMatchObject({ tell: false, wakeAt: at(HELD_MS), announced: told('slow', T0) });
    expect(decideAnnouncement(first.announced, 'healthy', at(HELD_MS - 1))).toMatchObject({ tell: false, wakeAt: at(HELD_MS) });
    expect(decideAnnouncement(first.announced, 'healthy', at(HELD_MS))).toMatchObject({
      tell: true,
      wakeAt: null,
      announced: told('healthy'),
      because: { code: 'better_for_long' },
    });
  });

  test('that is healthy from the start is no news', () => {
    expect(decideAnnouncement(NOTHING_ANNOUNCED, 'healthy', T0).tell).toBe(false);
  });
});

test('whatever happens, nobody hears twice of the same or of an improvement more than once an hour, and silence means it was told', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(...GATE_LEVELS)), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (moves) => {
      let state = NOTHING_ANNOUNCED;
      let now = T0;
      let level: GateLevel = 'healthy';
      let lastTold = -Infinity;
      const decide = (): Announcement => {
        const decided = decideAnnouncement(state, level, now);
        if (decided.tell) {
          expect(level).not.toBe(state.level);
          if (decided.because.code === 'better_for_long') expect(now - lastTold).toBeGreaterThanOrEqual(HELD_MS);
          lastTold = now;
        }
        state = decided.announced;
        return decided;
      };
      for (const [minutes, next] of moves) {
        now = instant(now + minutes * MINUTE_MS);
        level = next;
        decide();
      }
      // Then the level stays, and whoever waits looks again when they wanted to.
      for (let looks = 0; looks < 3; looks += 1) now = decide().wakeAt ?? now;
      expect(state).toEqual(told(level));
    }),
  );
});

describe('whom an announcement goes to', () => {
  const mara = { id: 'per_1', name: 'Mara' };
  const priya = { id: 'per_2', name: 'Priya' };
  const owners = [mara];
  test.each<[string, AudienceFacts, string[], string, string]>([
    ['nobody', { asks: [], owners, executives: [priya] }, [], 'nobody_asked_for', 'nobody'],
    ['the owning team', { asks: ['owner_team'], owners, executives: [priya] }, ['per_1'], 'owners_only', 'the owning team'],
    [
      'both',
      { asks: ['owner_team', 'executives'], owners, executives: [priya] },
      ['per_1', 'per_2'],
      'executives_told',
      'executives: Priya.',
    ],
    ['one who is both, once', { asks: ['owner_team', 'executives'], owners, executives: [mara] }, ['per_1'], 'executives_told', 'Mara'],
    ['executives alone', { asks: ['executives'], owners, executives: [priya] }, ['per_2'], 'executives_told', 'Priya'],
    [
      'no executive, for want of a schedule',
      { asks: ['owner_team', 'executives'], owners, executives: null },
      ['per_1'],
      'no_executives_schedule',
      'please tell them',
    ],
    [
      'no executive, for nobody has the duty',
      { asks: ['executives'], owners, executives: [] },
      [],
      'no_executive_on_duty',
      'nobody has the duty',
    ],
  ])('%s', (_name, facts, personIds, code, text) => {
    const decided = decideAudience(facts);
    expect(decided).toMatchObject({ personIds, because: { code } });
    expect(decided.because.text).toContain(text);
  });
});

describe('a change of level is told', () => {
  type Asks = AudienceFacts['asks'];
  const both: Asks = ['owner_team', 'executives'];
  test.each<[string, GateLevel, Asks, Asks, Asks]>([
    ['to whoever hears of the new level', 'healthy', ['owner_team'], both, both],
    ['to whoever heard of the one that is over', 'exhausted', both, ['owner_team'], both],
    ['to both, each once', 'frozen', ['executives'], ['owner_team', 'executives'], both],
    ['to whoever heard, where the new level is told to nobody', 'exhausted', ['executives'], [], ['executives']],
    ['to nobody else where it was healthy, which nobody waits for the end of', 'healthy', both, [], []],
  ])('%s', (_name, told, heard, asks, expected) => {
    expect(askedFor(told, heard, asks)).toEqual(expected);
  });
});
