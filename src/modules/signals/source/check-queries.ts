import { AppError, type FieldProblem } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { DurationMs } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import type { Indicator, PrometheusIndicator, PromqlIndicator } from '../core/indicator.ts';
import { checkPromql, parseSelector } from './selector.ts';
import { findSource } from './store.ts';

const QUERY_NAMES = ['valid', 'good', 'bad', 'histogram', 'goodRatio', 'badRatio', 'value'] as const;

/** Refuses an indicator whose source is not there or whose queries cannot be read; says where. Asks nobody outside. */
export async function requireReadable(
  db: Db,
  definition: PrometheusIndicator | PromqlIndicator,
): Promise<{ id: Id<'src'>; lagMs: DurationMs }> {
  const source = await findSource(db, definition.source);
  await refuseUnreadable(db, definition, 'body.indicator');
  if (source === undefined) throw new AppError('not_found', `there is no source ${definition.source}`);
  return source;
}

/** Throws what is wrong with an indicator's source and queries; `at` is where the request holds it. */
export async function refuseUnreadable(db: Db, definition: Indicator, at: string): Promise<void> {
  const fields = (await indicatorProblems(db, definition)).map((problem) => ({ ...problem, path: `${at}.${problem.path}` }));
  const [first] = fields;
  if (first !== undefined) throw new AppError('invalid_input', `${first.path}: ${first.message}`, { fields });
}

/** What is wrong with an indicator that no schema shows: a source that is not there, queries that cannot be read. Paths are inside it. */
export async function indicatorProblems(db: Db, definition: Indicator): Promise<FieldProblem[]> {
  if (definition.kind !== 'prometheus' && definition.kind !== 'promql') return [];
  const isThere = (await findSource(db, definition.source)) !== undefined;
  const missing = { path: 'source', message: `there is no source ${definition.source}`, received: definition.source };
  return [...(isThere ? [] : [missing]), ...queryProblems(definition)];
}

function queryProblems(definition: PrometheusIndicator | PromqlIndicator): FieldProblem[] {
  const given: Partial<Record<(typeof QUERY_NAMES)[number], string | undefined>> = definition;
  return QUERY_NAMES.flatMap((name) => {
    const text = given[name];
    if (text === undefined) return [];
    const checked = definition.kind === 'prometheus' ? parseSelector(text) : checkPromql(text);
    return checked.ok ? [] : [{ path: name, message: checked.because.text, received: text.slice(0, 200) }];
  });
}
