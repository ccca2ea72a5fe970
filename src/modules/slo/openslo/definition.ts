import type { z } from 'zod';
import type { FieldProblem } from '#kernel/errors.ts';
import { ObjectiveDefinition } from '../contract.ts';
import { AlertingInput } from '../core/definition.ts';
import { windowInput } from '../core/window.ts';
import { childOf, pathText } from './report.ts';
import { received } from './documents.ts';

/** A definition as it is written in files and sent to `slo.putObjective`. */
export type DefinitionInput = z.input<typeof ObjectiveDefinition>;

export interface ObjectiveDocument {
  slug: string;
  definition: DefinitionInput;
}

/** Alerting as it is when nothing is said of it. */
const DEFAULT_ALERTING = AlertingInput.parse({});
const DEFAULTS = { description: '', rationale: '', onBreach: '', window: '30d', gaps: 'gap', alerting: {}, links: {}, labels: {} };
const INDICATOR_DEFAULTS = { sli: 'availability', specification: '', groupBy: [], valid: [], good: [] };

/**
 * Reads a definition and writes it in its shortest form, without what is the default anyway: two definitions mean the
 * same exactly when these are equal. Problems carry the path inside the definition.
 */
export function canonicalDefinition(draft: unknown): { definition: DefinitionInput } | { problems: FieldProblem[] } {
  const parsed = ObjectiveDefinition.safeParse(draft);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => {
      const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
      const told = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
      return told.map((one) => ({
        path: pathText(one),
        message: issue.code === 'unrecognized_keys' ? 'is not a field of Nines' : issue.message,
        received: received(one.reduce<unknown>(childOf, draft)),
      }));
    });
    return { problems };
  }
  const { window, alerting, indicator, ...rest } = parsed.data;
  const written = {
    ...rest,
    window: windowInput(window),
    alerting: without(alerting, DEFAULT_ALERTING),
    indicator: without(indicator, INDICATOR_DEFAULTS),
  };
  return { definition: without(written, DEFAULTS) as DefinitionInput };
}

/** The fields that differ from the defaults; absent ones are left out. */
function without(value: object, defaults: object): object {
  return Object.fromEntries(Object.entries(value).filter(([key, field]) => field !== undefined && !isSame(field, childOf(defaults, key))));
}

/** Whether two plain values are equal, whatever the order of their keys. */
export function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return one === other;
  const keys = Object.keys(one);
  return (
    Array.isArray(one) === Array.isArray(other) &&
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(childOf(one, key), childOf(other, key)))
  );
}

/** Text as a slug: `Checkout API` gives `checkout-api`; empty where no letter or digit is left. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
}

/** A percentage as a ratio, moving the decimal point rather than dividing: 99.9 gives 0.999, never 0.9990000000000001. */
export function ratioOfPercent(percent: number): number {
  const [digits = '0', exponent = '0'] = percent.toString().split('e');
  return Number(`${digits}e${Number(exponent) - 2}`);
}

/** A name that is not taken yet: `checkout`, then `checkout-2`. Takes it. */
export function freeSlug(wanted: string, taken: Set<string>): string {
  const base = wanted === '' ? 'objective' : wanted;
  let slug = base;
  for (let number = 2; taken.has(slug); number += 1) slug = `${base.slice(0, 60).replace(/-+$/, '')}-${number}`;
  taken.add(slug);
  return slug;
}
