import { expect, it } from 'vitest';
import { amount } from './text.ts';

it.each([
  [1_975_680.04, '1,975,680'],
  [12_000, '12,000'],
  [43.2, '43.2'],
  [7, '7'],
  [99.96, '100'],
  [0.04, '0.04'],
  [-0.25, '-0.3'],
  [0, '0'],
])('%d events are written %s', (value, text) => expect(amount(value)).toBe(text));
