import { expect, it } from 'vitest';
import { writeTime } from './zone.ts';

it('writes a moment to the second with its date, and without commas', () => {
  expect(writeTime(Date.UTC(2026, 10, 21, 23, 37, 40), 'exact', 'utc')).toBe('Sat 21 Nov 23:37:40');
});
