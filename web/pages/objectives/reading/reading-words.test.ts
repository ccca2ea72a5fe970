import { describe, expect, it } from 'vitest';
import { failsInPast, pastSentence } from './reading-words.ts';

const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ');
const span = { from: '2026-10-22T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z', observedFrom: '2026-11-20T00:00:00.000Z', isOver: false };

describe('the past of a source', () => {
  it.each([
    ['waiting', 0, 'Its past, 30 d, is read next.'],
    ['running', 0.42, 'Its past is being read: 42 % of 30 d.'],
    ['running', 0.999, 'Its past is being read: 99 % of 30 d.'],
    ['failed', 0.4, 'Its past could not be read, and is not asked for again.'],
    ['done', 1, undefined],
    ['short', 1, undefined],
  ])('that is %s, %d of it read, reads %j', (state, progressRatio, text) =>
    expect(plain(pastSentence({ backfill: { ...span, state, progressRatio } }))).toBe(text),
  );
});

it.each([
  ['ok', 'failed', true],
  ['firing', 'running', true],
  ['ok', 'done', false],
  ['no_data', 'waiting', false],
  ['no_data', 'failed', false],
] as const)('a failure in state %s, with its past %s, is of the past alone: %s', (state, past, is) =>
  expect(failsInPast(state, { backfill: { ...span, state: past, progressRatio: 0.4 } })).toBe(is),
);
