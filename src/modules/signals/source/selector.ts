import { parser } from '@prometheus-io/lezer-promql';
import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, SECOND_MS } from '#kernel/instant.ts';

/**
 * Reads PromQL as people type it, before it is sent anywhere. Raw counters are read by a plain selector, since what
 * functions make of them is no counter any more; the approximate kind takes any expression with a value at an instant.
 */
export interface SelectorMatcher {
  label: string;
  op: MatchOp;
  value: string;
}

const MATCH_OPS = ['=', '!=', '=~', '!~'] as const;
type MatchOp = (typeof MATCH_OPS)[number];

export type ParsedSelector =
  | {
      ok: true;
      /** Null where only matchers are given. */
      metric: string | null;
      /** In their order in `query`: by label. */
      matchers: readonly SelectorMatcher[];
      /** What is sent: one way of writing for all selectors that mean the same, so that objectives share a read. */
      query: string;
    }
  | { ok: false; because: Because<SelectorProblem> };

export type SelectorProblem = 'syntax' | 'not_a_selector' | 'too_wide' | 'bad_text';
export type CheckedPromql = { ok: true } | { ok: false; because: Because<'syntax' | 'no_instant_value'> };

type Node = ReturnType<typeof parser.parse>['topNode'];

/** What stands for the step in approximate queries. */
const WINDOW = '$window';
/** A window as long as the name keeps positions what they are. */
const STAND_IN = '000030s';

/** Nodes that stand where a plain selector should, and what to say of them. */
const REFUSED: Readonly<Record<string, string>> = {
  MatrixSelector: 'a range in brackets is not needed: samples are followed one by one',
  SubqueryExpr: 'a subquery cannot be followed as a counter',
  OffsetExpr: 'an offset cannot be followed as a counter',
  StepInvariantExpr: '@ cannot be followed as a counter',
  FunctionCall: 'functions as rate() and increase() make something else of a counter; give the selector inside',
  AggregateExpr: 'aggregations as sum() hide resets; give the selector inside, and groupBy for groups',
  BinaryExpr: 'arithmetic makes something else of a counter; give valid and good, or bad, each by its selector',
};

/** Reads a plain instant vector selector, as `http_requests_total{job="api",code!~"5.."}`. */
export function parseSelector(text: string): ParsedSelector {
  const root = parser.parse(text).topNode;
  const broken = firstError(root);
  if (broken !== null) return refuse('syntax', syntaxText(text, broken), text, broken);
  const selector = root.firstChild;
  if (selector?.name !== 'VectorSelector') {
    const what = REFUSED[selector?.name ?? ''] ?? 'must be a plain selector, as http_requests_total{job="api"}';
    return refuse('not_a_selector', what, text, selector?.from ?? 0);
  }
  const parts = readParts(selector, text);
  if (!parts.ok) return refuse('bad_text', 'must be text as PromQL writes it', text, parts.at);
  if (parts.metric !== null && parts.matchers.some(({ label }) => label === '__name__'))
    return refuse('bad_text', 'names the metric twice', text, selector.from);
  const name = parts.matchers.find(({ label, op }) => label === '__name__' && op === '=');
  const metric = parts.metric ?? name?.value ?? null;
  const others = parts.matchers.filter((matcher) => matcher !== name);
  if (metric === null && !others.some(isNarrow))
    return refuse('too_wide', 'needs a metric name, or a matcher that the empty value does not match', text, selector.from);
  const matchers = others.map(allowFloatBound).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return { ok: true, metric, matchers, query: writeSelector(metric, matchers) };
}

/** Whether PromQL with `$window` in it can be evaluated once a step: it parses, and gives a vector or a number. */
export function checkPromql(text: string): CheckedPromql {
  const root = parser.parse(text.replaceAll(WINDOW, STAND_IN)).topNode;
  const broken = firstError(root);
  if (broken !== null) return refuse('syntax', syntaxText(text, broken), text, broken);
  let value = root.firstChild;
  while (value?.name === 'ParenExpr' || value?.name === 'OffsetExpr' || value?.name === 'StepInvariantExpr') value = value.firstChild;
  if (value?.name === 'MatrixSelector' || value?.name === 'SubqueryExpr')
    return refuse('no_instant_value', 'is a range of samples; a function as increase() makes a value of it', text, value.from);
  if (value?.name === 'StringLiteral') return refuse('no_instant_value', 'is text, not a number', text, value.from);
  return { ok: true };
}

/**
 * The query with each selector written as counters are read: Prometheus 3 writes the bound of a bucket `le="1.0"`, and `le="1"`
 * must find it there too. A selector that would be refused stays as it is, and so does what is not PromQL. `narrowed` selects
 * less by each: series with these labels only.
 */
export function asRead(query: string, narrowed: Readonly<Record<string, string>> = {}): string {
  const more = Object.entries(narrowed).map(([label, value]): SelectorMatcher => ({ label, op: '=', value }));
  const root = parser.parse(query.replaceAll(WINDOW, STAND_IN)).topNode;
  if (firstError(root) !== null) return query;
  let read = '';
  let until = 0;
  root.cursor().iterate(({ node }) => {
    const parsed = node.name === 'VectorSelector' ? parseSelector(query.slice(node.from, node.to)) : null;
    if (parsed?.ok !== true) return;
    read +=
      query.slice(until, node.from) + (more.length === 0 ? parsed.query : writeSelector(parsed.metric, [...parsed.matchers, ...more]));
    until = node.to;
  });
  return read + query.slice(until);
}

/** Puts the step in the place of `$window`. */
export function withWindow(text: string, stepMs: DurationMs): string {
  return text.replaceAll(WINDOW, `${stepMs / SECOND_MS}s`);
}

interface Refused<Code extends string> {
  ok: false;
  because: Because<Code>;
}

/** Says what is wrong and where, with line and column from 1. */
function refuse<Code extends string>(code: Code, what: string, text: string, at: number): Refused<Code> {
  const before = text.slice(0, at).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  const where = before.length === 1 ? `at character ${column}` : `at line ${before.length}, character ${column}`;
  return { ok: false, because: because(code, `${where}: ${what}`, { offset: at, line: before.length, column }) };
}

function syntaxText(text: string, at: number): string {
  const rest = text.slice(at).trim().split(/\s/)[0] ?? '';
  return rest === '' ? 'the expression ends too early' : `cannot be read from "${rest.slice(0, 40)}" on`;
}

function firstError(root: Node): number | null {
  let found: number | null = null;
  root.tree?.iterate({
    enter(node) {
      if (node.type.isError) found = Math.min(found ?? node.from, node.from);
    },
  });
  return found;
}

type Parts = { ok: true; metric: string | null; matchers: SelectorMatcher[] } | { ok: false; at: number };

function readParts(selector: Node, text: string): Parts {
  const identifier = selector.getChild('Identifier');
  let metric = identifier === null ? null : text.slice(identifier.from, identifier.to);
  const matchers: SelectorMatcher[] = [];
  for (let node = selector.getChild('LabelMatchers')?.firstChild ?? null; node !== null; node = node.nextSibling) {
    if (node.name === 'QuotedLabelName') {
      const quoted = unquote(text.slice(node.from, node.to));
      if (quoted === null || metric !== null) return { ok: false, at: node.from };
      metric = quoted;
      continue;
    }
    const [name, op, value] = [node.firstChild, node.getChild('MatchOp'), node.getChild('StringLiteral')];
    if (name === null || op === null || value === null) continue;
    const label = name.name === 'LabelName' ? text.slice(name.from, name.to) : unquote(text.slice(name.from, name.to));
    const written = MATCH_OPS.find((known) => known === text.slice(op.from, op.to));
    const content = unquote(text.slice(value.from, value.to));
    if (label === null || written === undefined || content === null) return { ok: false, at: node.from };
    matchers.push({ label, op: written, value: content });
  }
  return { ok: true, metric, matchers };
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const ESCAPE = /\\(?:[abfnrtv\\'"]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gsu;

/** The text of a literal; null for an escape that PromQL does not know. */
function unquote(literal: string): string | null {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  let isKnown = true;
  const value = inner.replace(ESCAPE, (escape) => {
    const char = charOf(escape.slice(1));
    isKnown &&= char !== null;
    return char ?? '';
  });
  return isKnown && value.isWellFormed() ? value : null;
}

/** What stands behind a backslash. Beyond ASCII, \x and octal escapes are bytes of UTF-8, which nobody types. */
function charOf(code: string): string | null {
  const hex = /^[xuU](.{2,8})$/.exec(code)?.[1];
  const isOctal = /^[0-7]{3}$/.test(code);
  if (hex === undefined && !isOctal) return ESCAPES[code] ?? (/^[\\'"]$/.test(code) ? code : null);
  const point = Number.parseInt(hex ?? code, hex === undefined ? 8 : 16);
  return point > (isOctal || code.startsWith('x') ? 0x7f : 0x10ffff) ? null : String.fromCodePoint(point);
}

/** Whether a series that lacks the label is left out. A pattern that only Prometheus understands is left to it. */
function isNarrow({ op, value }: SelectorMatcher): boolean {
  if (op === '=') return value !== '';
  if (op === '!=') return value === '';
  const isEmptyMatched = matchesEmpty(value);
  return isEmptyMatched === null || isEmptyMatched === (op === '!~');
}

function matchesEmpty(pattern: string): boolean | null {
  try {
    return new RegExp(`^(?:${pattern})$`, 'su').test('');
  } catch (refusal) {
    if (refusal instanceof SyntaxError) return null;
    throw refusal;
  }
}

/** Prometheus 3 writes whole bucket bounds as floats, older ones do not: `le="1"` and `le="1.0"` are the same bucket. */
function allowFloatBound(matcher: SelectorMatcher): SelectorMatcher {
  const whole = /^(\d+)(?:\.0)?$/.exec(matcher.value)?.[1];
  if (matcher.label !== 'le' || whole === undefined || matcher.op === '=~' || matcher.op === '!~') return matcher;
  return { label: 'le', op: matcher.op === '=' ? '=~' : '!~', value: `${whole}(\\.0)?` };
}

function keyOf({ label, op, value }: SelectorMatcher): string {
  return JSON.stringify([label, op, value]);
}

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Read as numbers where they stand alone. */
const NUMBER_LIKE = /^(nan|inf)$/i;

/** As every selector is written that goes to a source. */
export function writeSelector(metric: string | null, matchers: readonly SelectorMatcher[]): string {
  const isPlain = metric !== null && PLAIN_METRIC.test(metric) && !NUMBER_LIKE.test(metric);
  const written = matchers.map(
    ({ label, op, value }) => `${PLAIN_LABEL.test(label) ? label : JSON.stringify(label)}${op}${JSON.stringify(value)}`,
  );
  const named = metric === null || isPlain ? [] : PLAIN_METRIC.test(metric) ? [`__name__="${metric}"`] : [JSON.stringify(metric)];
  const inside = [...named, ...written];
  return `${isPlain ? metric : ''}${inside.length === 0 ? '' : `{${inside.join(',')}}`}`;
}
