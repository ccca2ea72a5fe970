import { patternProblem } from '../../core/matcher.ts';
import { entryOf } from '../../core/source/series.ts';
import { type ParsedSelector, parseSelector, type SelectorMatcher, writeSelector } from '../selector.ts';

/**
 * Which selectors can be asked of a source together, and how each one's series are told apart in the answer.
 *
 * - A selector that only adds matchers to another one of its indicator, as errors do to requests, is picked out of that
 *   one's series.
 * - Selectors that differ in one label's value alone, as those of many services by one template, become one that names all
 *   the values.
 *
 * Both leave what is counted as it is: series come back one by one, with their own labels.
 */
export interface AskedTogether {
  /** Of one indicator, each written as `parseSelector` writes it. */
  queries: readonly string[];
  /** How many values are expected of them. */
  values: number;
}

/** What to ask in place of a query, and which of the series are its own. */
export interface Way {
  query: string;
  /** The label by whose values selectors were put together; null where only one was. */
  by: { label: string; value: string } | null;
  /** Further matchers that its series meet. */
  narrowed: readonly SelectorMatcher[];
}

/** Values that an answer may hold: about a megabyte of text. */
const VALUES_TOGETHER = 10_000;
export const SELECTORS_TOGETHER = 250;

type Selector = Extract<ParsedSelector, { ok: true }>;

/** By query; one that is not here is asked by itself. */
export function planWays(asked: readonly AskedTogether[], selectorsTogether = SELECTORS_TOGETHER): Map<string, Way> {
  const bases = new Map<string, { selector: Selector; values: number }>();
  const narrowed = new Map<string, { base: Selector; by: readonly SelectorMatcher[] }>();
  for (const { queries, values } of asked) {
    const selectors = queries.map(parseSelector).filter((parsed) => parsed.ok);
    for (const selector of selectors) {
      const found = baseOf(selector, selectors);
      if (found !== undefined) narrowed.set(selector.query, found);
      else bases.set(selector.query, { selector, values: Math.max(values, bases.get(selector.query)?.values ?? 0) });
    }
  }
  const ways = planJoins([...bases.values()], selectorsTogether);
  for (const [query, { base, by }] of narrowed) {
    // What another indicator asks for as it is, is asked for as it is.
    if (!bases.has(query)) ways.set(query, { ...(ways.get(base.query) ?? { query: base.query, by: null }), narrowed: by });
  }
  return ways;
}

function baseOf(selector: Selector, others: readonly Selector[]): { base: Selector; by: readonly SelectorMatcher[] } | undefined {
  for (const base of others) {
    if (base.metric !== selector.metric || base.matchers.length >= selector.matchers.length) continue;
    const isWithin = base.matchers.every((matcher) => selector.matchers.some((one) => isSame(one, matcher)));
    const added = selector.matchers.filter((matcher) => !base.matchers.some((one) => isSame(one, matcher)));
    if (isWithin && added.every(isDecidable)) return { base, by: added };
  }
  return undefined;
}

function isSame(a: SelectorMatcher, b: SelectorMatcher): boolean {
  return a.label === b.label && a.op === b.op && a.value === b.value;
}

interface Member {
  selector: Selector;
  values: number;
  /** The label that tells it from the others. */
  label: string;
  value: string;
}

function planJoins(bases: readonly { selector: Selector; values: number }[], selectorsTogether: number): Map<string, Way> {
  const alike = new Map<string, Member[]>();
  const shapes = bases.map((base) => shapesOf(base));
  for (const [shape, member] of shapes.flat()) entryOf(alike, shape, () => []).push(member);
  // Each goes with the most like it.
  const chosen = new Map<string, Member[]>();
  for (const own of shapes) {
    const [best] = own.toSorted(([a], [b]) => (alike.get(b)?.length ?? 0) - (alike.get(a)?.length ?? 0));
    if (best === undefined) continue;
    const [shape, member] = best;
    entryOf(chosen, shape, () => []).push(member);
  }
  const ways = new Map<string, Way>();
  for (const members of chosen.values()) {
    for (const part of partsOf(members, selectorsTogether)) {
      const query = joined(part);
      for (const { selector, label, value } of part) ways.set(selector.query, { query, by: { label, value }, narrowed: [] });
    }
  }
  return ways;
}

function shapesOf({ selector, values }: { selector: Selector; values: number }): [shape: string, Member][] {
  return selector.matchers.flatMap((matcher): [string, Member][] => {
    const { label, op, value } = matcher;
    if (op !== '=' || value === '') return [];
    const others = selector.matchers.filter((one) => one !== matcher);
    if (others.some((one) => one.label === label)) return [];
    return [[JSON.stringify([selector.metric, label, others]), { selector, values, label, value }]];
  });
}

function partsOf(members: readonly Member[], selectorsTogether: number): Member[][] {
  const parts: Member[][] = [];
  let values = 0;
  for (const member of members) {
    const last = parts.at(-1);
    values += member.values;
    if (last === undefined || last.length >= selectorsTogether || values > VALUES_TOGETHER) {
      parts.push([member]);
      values = member.values;
    } else last.push(member);
  }
  return parts.filter((part) => part.length > 1);
}

function joined(members: readonly Member[]): string {
  const [first] = members;
  if (first === undefined) return '';
  const { selector, label } = first;
  const values = members.map(({ value }) => value.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`));
  const others = selector.matchers.filter((one) => one.label !== label);
  return writeSelector(selector.metric, [...others, { label, op: '=~', value: values.join('|') }]);
}

/** Patterns of which Prometheus and this runtime think alike: no flags, no classes by name, nothing that runs away. */
const PLAIN_PATTERN = /^(?:[\w\-:/@,=&%~ .|()*+?]|\\[.d\-/]|\[\^?[\w\-.]+\]|\{\d+(?:,\d*)?\})*$/;

function isDecidable({ op, value }: SelectorMatcher): boolean {
  if (op === '=' || op === '!=') return true;
  return PLAIN_PATTERN.test(value) && !value.includes('(?') && patternProblem(value) === null;
}

/** Longer values are not put to a pattern. */
const VALUE_LIMIT = 256;

type Labels = Readonly<Record<string, string>>;

/** Whether a series meets the matchers; `unknown` where this is better left to the source. */
export function compileNarrowing(matchers: readonly SelectorMatcher[]): (labels: Labels) => boolean | 'unknown' {
  const tests = matchers.map(({ label, op, value }) => {
    if (op === '=' || op === '!=') return (labels: Labels) => ((labels[label] ?? '') === value) === (op === '=');
    const pattern = new RegExp(`^(?:${value})$`, 'u');
    return (labels: Labels) => {
      const held = labels[label] ?? '';
      return held.length > VALUE_LIMIT || /[\n\r\u2028\u2029]/.test(held) ? 'unknown' : pattern.test(held) === (op === '=~');
    };
  });
  return (labels) => {
    let all: boolean | 'unknown' = true;
    for (const test of tests) {
      const meets = test(labels);
      if (meets === false) return false;
      if (meets === 'unknown') all = 'unknown';
    }
    return all;
  };
}
