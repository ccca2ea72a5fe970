import { AppError, type FieldProblem } from '#kernel/errors.ts';
import { humanDuration, type Instant } from '#kernel/instant.ts';
import { scrapeMsOf } from '../book.ts';
import type { ObjectiveDefinition } from '../contract.ts';
import type { ObjectiveTerms } from '../core/evaluate.ts';
import { resolvePolicy } from '../core/policy.ts';
import { periodMs } from '../core/window.ts';

/** Addresses under /objectives that are pages of their own. */
const RESERVED: ReadonlySet<string> = new Set(['new', 'policy', 'nines']);

export interface RefusalFacts {
  now: Instant;
  /** The error-budget policies that there are, by slug. */
  policies: ReadonlyMap<string, unknown>;
}

/**
 * What no schema shows of an objective: a slug that is a page's, a policy that is not there, pairs that could never fire.
 * Paths are inside the definition; the slug's is `slug`.
 */
export function objectiveProblems(slug: string, definition: ObjectiveDefinition, { now, policies }: RefusalFacts): FieldProblem[] {
  const { policy, indicator } = definition;
  const problems: FieldProblem[] = [];
  if (RESERVED.has(slug)) problems.push({ path: 'slug', message: 'is the name of a page; choose another', received: slug });
  if (policy !== undefined && !policies.has(policy))
    problems.push({ path: 'policy', message: `there is no error-budget policy ${policy}`, received: policy });
  return [...problems, ...deadPairs({ ...definition, scrapeMs: scrapeMsOf(indicator) }, now)];
}

/** Pairs of one's own that could never fire, or would fire on a missed scrape, each with the reason. */
export function deadPairs(
  { alerting, target, window, scrapeMs }: Pick<ObjectiveTerms, 'alerting' | 'target' | 'window' | 'scrapeMs'>,
  at: Instant,
): FieldProblem[] {
  const lengthMs = periodMs(window, at);
  return (alerting.pairs ?? []).flatMap((pair, i) => {
    const { leftOut } = resolvePolicy({ ...alerting, pairs: [pair] }, { periodMs: lengthMs, target, scrapeMs });
    const problem = leftOut[0]?.because;
    if (problem === undefined) return [];
    const message = `${problem.text} (for ${humanDuration(lengthMs)} at a target of ${target})`;
    return [{ path: `alerting.pairs[${i}]`, message, received: `${pair.long}/${pair.short}` }];
  });
}

/** Throws problems, where there are any; `at` is where the request holds what they are in. */
export function refuse(problems: readonly FieldProblem[], at: string): void {
  const fields = problems.map((problem) => ({ ...problem, path: problem.path === 'slug' ? 'path.slug' : `${at}.${problem.path}` }));
  const [first] = fields;
  if (first === undefined) return;
  throw new AppError('invalid_input', `${first.path}: ${first.message}, received ${first.received ?? 'nothing'}`, { fields });
}
