import { expect, it } from 'vitest';
import { CorrectionRule } from './corrections.ts';

const rule = { kind: 'recount', from: '2026-11-15T13:00:00.000Z', to: '2026-11-15T14:00:00.000Z', good: 9, valid: 10 };

it.each([
  ['good', -4, 'must be a whole number from 0 to 1,000,000,000,000'],
  ['good', null, 'must be a whole number from 0 to 1,000,000,000,000'],
  ['valid', 1.5, 'must be a whole number from 0 to 1,000,000,000,000'],
  ['valid', 2e12, 'must be a whole number from 0 to 1,000,000,000,000'],
  ['good', 11, 'must not exceed valid'],
  ['valid', undefined, 'must say what the period counts as'],
])('tells of %s as %j in words of its own', (name, value, message) => {
  const issues = CorrectionRule.safeParse({ ...rule, [name]: value }).error?.issues ?? [];
  expect(issues.find(({ path }) => path[0] === name)?.message).toBe(message);
});
