import { describe, expect, it } from 'vitest';
import { slugOf } from './slug.ts';

describe('the slug of a name', () => {
  it.each([
    ['Payments primary', 'payments-primary'],
    ['  Größe & Maß!  ', 'grosse-mass'],
    ['Café', 'cafe'],
    ['--', ''],
    [`${'a'.repeat(63)} b`, 'a'.repeat(63)],
  ])('of %j is %j', (name, slug) => expect(slugOf(name)).toBe(slug));
});
