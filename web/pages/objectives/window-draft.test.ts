import { expect, it } from 'vitest';
import { periodWords } from './window-draft.ts';

it.each([
  ['30d', '30\u00a0d'],
  ['4w', '4\u00a0weeks'],
  ['month (America/New_York)', 'a calendar month (America/New_York)'],
])('an objective over %s is over %s', (window, words) => expect(periodWords(window)).toBe(words));
