import type { FormProblem } from '../../../ui/form/form.tsx';
import { PAIR_NAMES, placePair } from '../pairs/pair-draft.ts';

/** Fields under “More”, by their path in a definition. */
export const MORE_FIELDS: readonly string[] = [
  'indicator.specification',
  'indicator.measuredAt',
  'rationale',
  'onBreach',
  'gaps',
  'alerting.preset',
  ...PAIR_NAMES,
  'alerting.mode',
  'alerting.groups',
  'alerting.noDataAfter',
  'policy',
];

/** Fields of the form, by their path in a definition. */
export const FIELDS: readonly string[] = [
  ...MORE_FIELDS,
  'service',
  'name',
  'description',
  'target',
  'window',
  'window.timeZone',
  'links.runbook',
  'indicator.source',
  'indicator.metric',
  'indicator.valid',
  'indicator.good',
  'indicator.bad',
  'indicator.histogram',
  'indicator.value',
  'indicator.goodRatio',
  'indicator.badRatio',
  'indicator.threshold',
  'indicator.slices.length',
  'indicator.slices.threshold',
  'indicator.groupBy',
];

/**
 * An API problem at the fields of this form: `body.definition.indicator.valid[0].value` is about `indicator.valid`. What
 * fits no field keeps its path and is told above.
 */
export function placeProblem(problem: FormProblem): FormProblem {
  const fields = problem.fields.map((field) => {
    const ofPair = placePair(field);
    if (ofPair !== undefined) return ofPair;
    const path = field.path
      .replace(/^body\./, '')
      .replace(/^definition\./, '')
      .replaceAll(/\[\d+\]/g, '');
    const known = FIELDS.filter((name) => path === name || path.startsWith(`${name}.`)).toSorted((a, b) => b.length - a.length)[0];
    return { path: known ?? path, message: field.message };
  });
  return { message: problem.message, fields };
}

/** What the form can tell by itself, and what else the server finds wrong; of one field the form's own words stand. */
export function together(told: FormProblem, found: FormProblem['fields']): FormProblem {
  const others = placeProblem({ message: '', fields: found }).fields.filter(({ path }) => told.fields.every((own) => own.path !== path));
  return { message: told.message, fields: [...told.fields, ...others] };
}
