import { type Definition, definitionOf, type Draft } from '../create/draft.ts';
import { draftOf, type Fields, isFields } from './draft-of.ts';

/**
 * A definition with what was changed in the form, and everything else as it was: labels, pairs, whatever the form has no
 * field for. Another source or another way of telling good from bad begins its indicator anew.
 */
export function editedDefinition(base: Fields, draft: Draft): Definition {
  const opened = draftOf(base);
  const before = definitionOf(opened);
  const after = definitionOf(draft);
  const merged = fieldsWith(base, before, after);
  const isNewIndicator = opened.source !== draft.source || opened.shape !== draft.shape;
  // What comes of a definition and a form's definition is one; the server has the last word on it.
  return { ...merged, ...(isNewIndicator && { indicator: after.indicator }) } as Definition;
}

/** `base`, changed wherever `after` differs from `before`. */
function changed(base: unknown, before: unknown, after: unknown): unknown {
  if (JSON.stringify(before) === JSON.stringify(after)) return base;
  if (!isFields(base) || !isPart(before) || !isPart(after)) return after;
  const merged = fieldsWith(base, before ?? {}, after ?? {});
  // Nothing is left of a part that was taken away as a whole.
  return after === undefined && Object.keys(merged).length === 0 ? undefined : merged;
}

function isPart(value: unknown): value is Fields | undefined {
  return value === undefined || isFields(value);
}

function fieldsWith(base: Fields, before: Fields, after: Fields): Fields {
  const names = [...new Set([...Object.keys(base), ...Object.keys(before), ...Object.keys(after)])];
  const entries = names.map((name) => [name, changed(base[name], before[name], after[name])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
