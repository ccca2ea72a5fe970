import { describe, expect, it } from 'vitest';
import { lanesOf } from './lanes.ts';

const at = (hour: number) => `2026-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`;
const ms = (hour: number) => Date.parse(at(hour));
const range = { from: at(0), to: at(20) };

describe('turns as lanes', () => {
  it('pair a beginning with its end, and what stays open with the end of the range', () => {
    const turns = [
      { slot: 'page', status: 'firing', at: at(2) },
      { slot: 'ticket', status: 'firing', at: at(3) },
      { slot: 'page', status: 'resolved', at: at(4) },
      { slot: 'page', status: 'firing', at: at(6) },
    ] as const;
    expect(lanesOf({ turns, ...range }).map(({ slot, spans }) => ({ slot, spans }))).toEqual([
      {
        slot: 'page',
        spans: [
          { from: ms(2), to: ms(4) },
          { from: ms(6), to: ms(20) },
        ],
      },
      { slot: 'ticket', spans: [{ from: ms(3), to: ms(20) }] },
    ]);
  });

  it('begin at the start where the beginning was left out, and count a change of severity once', () => {
    const turns = [
      { slot: 'no_data', status: 'resolved', at: at(1) },
      { slot: 'page', status: 'firing', at: at(2) },
      { slot: 'page', status: 'firing', at: at(3) },
      { slot: 'page', status: 'resolved', at: at(5) },
    ] as const;
    expect(lanesOf({ turns, ...range }).flatMap(({ spans }) => spans)).toEqual([
      { from: ms(2), to: ms(5) },
      { from: ms(0), to: ms(1) },
    ]);
  });

  it('show pages and tickets even where there were none', () => {
    expect(lanesOf({ turns: [], ...range }).map(({ slot, spans }) => [slot, spans.length])).toEqual([
      ['page', 0],
      ['ticket', 0],
    ]);
  });
});
