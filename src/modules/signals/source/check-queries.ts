import { AppError, type FieldProblem } from '#kernel/errors.ts';
import type { Id } from '#kernel/ids.ts';
import type { DurationMs } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import type { PrometheusIndicator, PromqlIndicator } from '../core/indicator.ts';
import { checkPromql, parseSelector } from './selector.ts';
import { findSource } from './store.ts';

const QUERY_NAMES = ['valid', 'good', 'bad', 'histogram', 'goodRatio', 'badRatio', 'value'] as const;

/** Refuses an indicator whose source is not there or whose queries cannot be read; says where. Asks nobody outside. */
export async function requireReadable(
  db: Db,
  definition: PrometheusIndicator | PromqlIndicator,
): Promise<{ id: Id<'src'>; lagMs: DurationMs }> {
  const source = await findSource(db, definition.source);
  const fields = queryProblems(definition);
  if (source === undefined)
    fields.unshift({ path: 'body.indicator.source', message: `there is no source ${definition.source}`, received: definition.source });
  const [first] = fields;
  if (source === undefined || first !== undefined)
    throw new AppError('invalid_input', `${first?.path ?? 'body.indicator'}: ${first?.message ?? 'cannot be read'}`, { fields });
  return source;
}

function queryProblems(definition: PrometheusIndicator | PromqlIndicator): FieldProblem[] {
  const given: Partial<Record<(typeof QUERY_NAMES)[number], string | undefined>> = definition;
  return QUERY_NAMES.flatMap((name) => {
    const text = given[name];
    if (text === undefined) return [];
    const checked = definition.kind === 'prometheus' ? parseSelector(text) : checkPromql(text);
    return checked.ok ? [] : [{ path: `body.indicator.${name}`, message: checked.because.text, received: text.slice(0, 200) }];
  });
}
