import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileMatchers, Matcher, patternProblem } from './matcher.ts';

const attributes = new Map([
  ['code', '503'],
  ['route', '/pay\n/later'],
  ['empty', ''],
]);
const matches = (attribute: string, op: Matcher['op'], value: string): boolean => compileMatchers([{ attribute, op, value }])(attributes);

describe('a matcher', () => {
  test.each<[string, Matcher['op'], string, boolean]>([
    ['code', '=', '503', true],
    ['code', '=', '50', false],
    ['code', '!=', '503', false],
    ['code', '=~', '5..', true],
    ['code', '=~', '5', false],
    ['code', '=~', '200|5..', true],
    ['code', '!~', '5..', false],
    ['code', '!~', '4..', true],
    ['route', '=~', '/pay.*', true],
    ['absent', '=', '', true],
    ['absent', '!=', '', false],
    ['absent', '=~', '', true],
    ['absent', '!~', '.+', true],
    ['constructor', '=', '', true],
    ['__proto__', '=', '', true],
  ])('%s %s %j is %s', (attribute, op, value, expected) => {
    expect(matches(attribute, op, value)).toBe(expected);
  });

  test('several must all hold, and none always hold', () => {
    expect(compileMatchers([])(attributes)).toBe(true);
    expect(
      compileMatchers([
        { attribute: 'code', op: '=', value: '503' },
        { attribute: 'route', op: '=', value: '/' },
      ])(attributes),
    ).toBe(false);
  });

  test('a pattern that would have been refused matches nothing', () => {
    expect(matches('code', '=~', '(')).toBe(false);
    expect(matches('code', '!~', '(a+)+')).toBe(false);
  });
});

describe('patterns', () => {
  test.each([
    '5..',
    '2\\d\\d|3\\d\\d',
    '[45]\\d{2}',
    '/api/v[12]/.*',
    '(?:GET|POST)',
    '(a|b)?c',
    '\\(?x',
    '[(?]',
    '.*a.*b.*',
    '\\p{L}+',
    '\\\\1',
  ])('%s is accepted', (pattern) => {
    expect(patternProblem(pattern)).toBeNull();
    expect(Matcher.safeParse({ attribute: 'a', op: '=~', value: pattern }).success).toBe(true);
  });

  test.each([
    '(',
    '[',
    'a)|(b',
    '(a+)+',
    '(a|aa)*',
    '(a*)*b',
    '((a+)b)*',
    '(a?a?)+',
    '(\\d{1,3})+',
    '(a)\\1',
    '(?=a)b',
    '(?<x>a)\\k<x>',
    '.*a.*b.*c.*d',
    'x'.repeat(201),
  ])('%s is refused', (pattern) => {
    expect(patternProblem(pattern)).not.toBeNull();
    expect(Matcher.safeParse({ attribute: 'a', op: '!~', value: pattern }).success).toBe(false);
  });

  test('as plain text anything goes', () => {
    expect(Matcher.safeParse({ attribute: 'a', op: '=', value: '(a+)+' }).success).toBe(true);
  });

  test('whatever is accepted answers quickly on a hostile value', () => {
    const piece = fc.constantFrom('a', 'b', '.', '*', '+', '?', '(', ')', '|', '{2,}', '[ab]', '\\d', '(?:', 'a*', '.*');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        (pattern) => {
          fc.pre(patternProblem(pattern) === null);
          const started = performance.now();
          compileMatchers([{ attribute: 'a', op: '=~', value: pattern }])(new Map([['a', `${'a'.repeat(250)}!`]]));
          expect(performance.now() - started).toBeLessThan(200);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
