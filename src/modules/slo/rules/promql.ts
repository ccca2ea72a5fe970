import { parser } from '@prometheus-io/lezer-promql';

/**
 * What can be told of a PromQL query without running it. `$window` in it stands for a length of time; while parsing a
 * length of as many characters takes its place, so that positions stay true.
 */
const WINDOW = '$window';
const STAND_IN = '100000m';

type Tree = ReturnType<typeof parser.parse>;
type SyntaxNode = Tree['topNode'];

export interface Selection {
  /** Selects counters: `http_requests_total{code=~"5.."}`. */
  selector: string;
  /** `bare`: the query is the selector. `sum`: its sum over all series. `rate`: its rate or increase, or the sum of those. */
  form: 'bare' | 'sum' | 'rate';
}

/** The selector that a query counts, where it does nothing else; null for any other query and for what is not PromQL. */
export function selectionOf(query: string): Selection | null {
  const root = rootOf(query);
  if (root === null) return null;
  let node = unwrapped(root);
  const isSum = node.name === 'AggregateExpr' && isSumOf(node) && node.getChild('AggregateModifier') === null;
  if (isSum) node = onlyArgument(node) ?? node;
  const called = node.name === 'FunctionCall' ? node.getChild('FunctionIdentifier')?.firstChild?.name : undefined;
  const isCount = called === 'Rate' || called === 'Increase';
  if (isCount) node = onlyArgument(node) ?? node;
  if (isCount && node.name === 'MatrixSelector') node = node.getChild('VectorSelector') ?? node;
  else if (isCount) return null;
  if (node.name !== 'VectorSelector') return null;
  return { selector: query.slice(node.from, node.to), form: isCount ? 'rate' : isSum ? 'sum' : 'bare' };
}

/** Whether the query is a selector of series and nothing else. */
export function isSelector(query: string): boolean {
  return selectionOf(query)?.form === 'bare';
}

/** What a query tells the age of, as `ageOf` writes it: a selector, or what stands in parentheses. Null for any other query. */
export function agedBy(query: string): { query: string; isSelector: boolean } | null {
  const root = rootOf(query);
  const last = root?.name === 'BinaryExpr' ? root.lastChild : null;
  if (last === null || !/^\s*time\s*\(\s*\)\s*-\s*$/.test(query.slice(0, last.from))) return null;
  if (last.name === 'VectorSelector') return { query: query.slice(last.from, last.to), isSelector: true };
  return last.name === 'ParenExpr' ? { query: query.slice(last.from + 1, last.to - 1), isSelector: false } : null;
}

/** Seconds since the time that a selector's samples tell, or the values of any other query. */
export function ageOf(query: string, isSelectorOnly: boolean): string {
  return isSelectorOnly ? `time() - ${query}` : `time() - (${query})`;
}

export function isPromql(query: string): boolean {
  return rootOf(query) !== null;
}

export function usesWindow(query: string): boolean {
  return query.includes(WINDOW);
}

export function withWindow(query: string, window: string): string {
  return query.replaceAll(WINDOW, window);
}

/** Operators under which a sum of events is no longer one. */
const NOT_LINEAR = new Set(['Mul', 'Div', 'Mod', 'Pow', 'Atan2', 'Eql', 'EqlSingle', 'Neq', 'Lte', 'Lss', 'Gte', 'Gtr', 'SubqueryExpr']);

/**
 * The query as the count of events in `$window`: every rate becomes an increase, and every range `$window`. Null where
 * that would change what it means: other functions of ranges, and products, quotients and comparisons.
 */
export function countsOfWindow(query: string): string | null {
  const root = rootOf(query);
  if (root === null) return null;
  const edits: { from: number; to: number; text: string }[] = [];
  let isPlain = true;
  let ranges = 0;
  root.cursor().iterate((cursor) => {
    const node = cursor.node;
    if (NOT_LINEAR.has(node.name) && node.parent?.name !== 'MatchOp') isPlain = false;
    if (node.name === 'MatrixSelector') {
      ranges += 1;
      const call = node.parent?.name === 'FunctionCallBody' ? node.parent.parent : null;
      const called = call?.getChild('FunctionIdentifier');
      const range = node.getChild('DurationExpr');
      const name = called?.firstChild?.name;
      if (called === null || called === undefined || range === null || (name !== 'Rate' && name !== 'Increase')) isPlain = false;
      else edits.push({ from: called.from, to: called.to, text: 'increase' }, { from: range.from, to: range.to, text: WINDOW });
    }
  });
  if (!isPlain || ranges === 0) return null;
  return edited(query, edits);
}

/**
 * The query with its counts told otherwise: each `increase(selector[$window])` becomes what `told` makes of the selector. Null
 * where the query reads anything besides.
 */
export function withCounts(query: string, told: (selector: string) => string): string | null {
  const root = rootOf(query);
  if (root === null) return null;
  const counts: { from: number; to: number; text: string }[] = [];
  let selectors = 0;
  let isPlain = true;
  root.cursor().iterate(({ node }) => {
    if (node.name === 'VectorSelector') selectors += 1;
    if (NOT_LINEAR.has(node.name) && node.parent?.name !== 'MatchOp') isPlain = false;
    if (node.name !== 'FunctionCall' || node.getChild('FunctionIdentifier')?.firstChild?.name !== 'Increase') return;
    const range = onlyArgument(node);
    const selector = range?.name === 'MatrixSelector' ? range.getChild('VectorSelector') : null;
    const length = range?.getChild('DurationExpr') ?? null;
    if (selector === null || length === null || query.slice(length.from, length.to) !== WINDOW) return;
    counts.push({ from: node.from, to: node.to, text: told(query.slice(selector.from, selector.to)) });
  });
  if (!isPlain || counts.length === 0 || counts.length !== selectors) return null;
  return edited(query, counts);
}

function edited(query: string, edits: readonly { from: number; to: number; text: string }[]): string {
  return edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), query);
}

/** An indicator's query has no more characters; longer text is not worth the parsing. */
const QUERY_LIMIT = 4000;

/** The expression of a query, or null where it does not parse. */
function rootOf(query: string): SyntaxNode | null {
  if (query.length > QUERY_LIMIT) return null;
  const tree = parser.parse(query.replaceAll(WINDOW, STAND_IN));
  let isWell = true;
  tree.iterate({
    enter(node) {
      if (node.type.isError) isWell = false;
    },
  });
  return isWell ? tree.topNode.firstChild : null;
}

function unwrapped(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.name === 'ParenExpr' && inner.firstChild !== null) inner = inner.firstChild;
  return inner;
}

function isSumOf(aggregation: SyntaxNode): boolean {
  return aggregation.getChild('AggregateOp')?.firstChild?.name === 'Sum';
}

function onlyArgument(node: SyntaxNode): SyntaxNode | null {
  const body = node.getChild('FunctionCallBody');
  const first = body?.firstChild ?? null;
  return first === null || first.nextSibling !== null ? null : unwrapped(first);
}
