import { z } from 'zod';
import { optionalText, text } from '#kernel/text.ts';

const MATCHER_OPS = ['=', '!=', '=~', '!~'] as const;

const PATTERN_LIMIT = 200;
/** Values are cut here before a pattern sees them, so that the time of a match stays bounded. */
const VALUE_LIMIT = 256;

/** A condition on one attribute. Patterns match the whole value; a missing attribute is the empty string. */
export const Matcher = z
  .object({ attribute: text(128), op: z.enum(MATCHER_OPS), value: optionalText(PATTERN_LIMIT) })
  .superRefine((matcher, context) => {
    if (matcher.op === '=' || matcher.op === '!=') return;
    const problem = patternProblem(matcher.value);
    if (problem !== null) context.addIssue({ code: 'custom', path: ['value'], message: problem, input: matcher.value });
  });
export type Matcher = z.output<typeof Matcher>;

export type Predicate = (attributes: ReadonlyMap<string, string>) => boolean;

/** One test for all of the matchers together. A pattern that would be refused at definition matches nothing. */
export function compileMatchers(matchers: readonly Matcher[]): Predicate {
  const tests = matchers.map(compileMatcher);
  return (attributes) => tests.every((matches) => matches(attributes));
}

function compileMatcher({ attribute, op, value }: Matcher): Predicate {
  const read = (attributes: ReadonlyMap<string, string>): string => attributes.get(attribute) ?? '';
  if (op === '=') return (attributes) => read(attributes) === value;
  if (op === '!=') return (attributes) => read(attributes) !== value;
  if (patternProblem(value) !== null) return () => false;
  const pattern = new RegExp(`^(?:${value})$`, 'su');
  const wanted = op === '=~';
  return (attributes) => pattern.test(read(attributes).slice(0, VALUE_LIMIT)) === wanted;
}

/**
 * Why a pattern is refused, or null. Beside what does not compile, that is whatever can make a backtracking matcher run
 * away: back references, look-around, an unbounded repetition of a group that itself repeats or chooses, and more than
 * three unbounded repetitions in all.
 */
export function patternProblem(pattern: string): string | null {
  if (pattern.length > PATTERN_LIMIT) return `must be at most ${PATTERN_LIMIT} characters`;
  try {
    new RegExp(`^(?:${pattern})$`, 'su');
    new RegExp(pattern, 'su');
  } catch (refusal) {
    if (refusal instanceof SyntaxError) return `is not a regular expression: ${refusal.message}`;
    throw refusal;
  }
  if (pattern.match(/\\./gsu)?.some((escape) => /[1-9k]/.test(escape))) return 'must not hold back references';
  const bare = pattern.replace(/\\[pPu]\{[^}]*\}|\\./gsu, 'x').replace(/\[[^\]]*\]/gsu, 'x');
  if (/\(\?(?!:)/.test(bare)) return 'must not hold look-around, names or flags; (?:…) is allowed';
  return repetitionProblem(bare);
}

/** Walks a pattern whose escapes and classes have become single letters. */
function repetitionProblem(bare: string): string | null {
  /** For each open group, whether something in it repeats or chooses. */
  const groups: boolean[] = [false];
  let unbounded = 0;
  let closed = false;
  for (let i = 0; i < bare.length; i += 1) {
    const repeats = /^(?:[*+]|\{\d+(?:,\d*)?\})/.exec(bare.slice(i));
    if (repeats !== null && i > 0) {
      if (closed) return 'must not repeat a group that itself repeats or chooses';
      if (/^(?:[*+]|\{\d+,\})/.test(repeats[0])) unbounded += 1;
      groups[groups.length - 1] = true;
      i += repeats[0].length - 1;
      continue;
    }
    const char = bare[i];
    closed = false;
    if (char === '(') groups.push(false);
    else if (char === '|' || (char === '?' && bare[i - 1] !== '(')) groups[groups.length - 1] = true;
    else if (char === ')') {
      closed = groups.pop() ?? false;
      if (closed) groups[groups.length - 1] = true;
    }
  }
  return unbounded > 3 ? 'must hold at most three unbounded repetitions' : null;
}
