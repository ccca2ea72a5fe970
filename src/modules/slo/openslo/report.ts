import { type Because, because, type FieldProblem } from '#kernel/errors.ts';
import type { LeftOutCode } from '../core/policy.ts';

/**
 * What became of every leaf of the documents that were read: a leaf is a scalar, or an object or list that is empty.
 * Each stands exactly once, as `mapped`, `changed` or `dropped`; what no mapper took is dropped with a reason.
 */
export type Path = readonly (string | number)[];

/** Why something was not taken over as it stands. */
export type LossCode =
  | 'no_field'
  | 'empty'
  | 'document_refused'
  | 'objective_refused'
  | 'not_referenced'
  | 'unknown_reference'
  | 'counter_read_itself'
  | 'counts_of_each_step'
  | 'evaluated_as_written'
  | 'source_assumed'
  | 'source_not_supported'
  | 'ratio_not_event_weighted'
  | 'time_weighted'
  | 'judged_in_slices'
  | 'equality'
  | 'nominal_length'
  | 'own_boundary'
  | 'renamed'
  | 'shortened'
  | 'joined'
  | 'read_as_number'
  | 'composite'
  | 'does_not_fit'
  | 'not_expressible'
  | 'short_window_added'
  | 'severity_translated'
  | 'routed_by_labels'
  | 'alerts_while_healthy'
  | LeftOutCode
  | 'plugin';

export type Loss = Because<LossCode>;

export interface Report {
  /** `to` names our field: `objectives.checkout.target`; several, with a comma between, when one leaf serves several. */
  mapped: { path: string; to: string }[];
  changed: { path: string; to: string; because: Loss }[];
  dropped: { path: string; because: Loss }[];
}

export interface Ledger {
  map(path: Path, to: string): void;
  change(path: Path, to: string, why: Loss): void;
  drop(path: Path, why: Loss): void;
  /** Takes back what was told of objectives that were not imported after all: by slug, with the reason. */
  retract(refused: ReadonlyMap<string, Loss>): void;
  /** The document path that was written to this field of ours, where there is one. */
  sourceOf(to: string): string | undefined;
  report(): Report;
}

interface Entry {
  path: Path;
  /** Our fields that it serves, each with the reason where it was changed for it. */
  to: Map<string, Loss | null>;
  drop?: Loss;
}

/** A path names a leaf, or everything beneath it. What is told twice of a leaf adds up: changed outranks mapped, mapped outranks dropped. */
export function createLedger(root: unknown, rootPath: Path = []): Ledger {
  // No documents at all hold no leaf.
  const leaves = Array.isArray(root) && root.length === 0 ? [] : leavesOf(root, rootPath);
  const entries = new Map<string, Entry>(leaves.map((path) => [pathText(path), { path, to: new Map() }]));
  const sources = new Map<string, string>();
  const each = (path: Path, tell: (entry: Entry) => void): void => {
    for (const leaf of leavesOf(valueAt(root, path.slice(rootPath.length)), path)) {
      const entry = entries.get(pathText(leaf));
      if (entry !== undefined) tell(entry);
    }
  };
  const claim = (entry: Entry, to: string, change: Loss | null): void => {
    entry.to.set(to, entry.to.get(to) ?? change);
    if (!sources.has(to)) sources.set(to, pathText(entry.path));
  };
  return {
    map: (path, to) => each(path, (entry) => claim(entry, to, null)),
    change: (path, to, why) => each(path, (entry) => claim(entry, to, why)),
    drop(path, why) {
      each(path, (entry) => {
        entry.drop ??= why;
      });
    },
    retract(refused) {
      for (const entry of entries.values()) {
        for (const to of entry.to.keys()) {
          const why = refused.get(slugIn(to) ?? '');
          if (why === undefined) continue;
          entry.to.delete(to);
          if (entry.to.size === 0) entry.drop = why;
        }
      }
    },
    sourceOf: (to) => sources.get(to),
    report: () => settle(entries, root, rootPath),
  };
}

/** The objective whose field it is. */
export function slugIn(to: string): string | undefined {
  return /^objectives\.([^.]+)/.exec(to)?.[1];
}

/** Why the leaves of an objective, or of a document whose objectives were all refused, were not taken over. */
export function refusedBecause(problems: readonly FieldProblem[]): Loss {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more: see the problems)` : '';
  return because('objective_refused', `its objective was refused: ${first?.path ?? ''} ${first?.message ?? ''}${more}`);
}

/** What several objectives share is wrong once. */
export function onceEach(problems: readonly FieldProblem[]): FieldProblem[] {
  return [...new Map(problems.map((one) => [`${one.path} ${one.message}`, one])).values()];
}

function settle(entries: ReadonlyMap<string, Entry>, root: unknown, rootPath: Path): Report {
  const report: Report = { mapped: [], changed: [], dropped: [] };
  for (const [path, entry] of entries) {
    const to = [...entry.to.keys()].join(', ');
    const change = [...entry.to.values()].find((why) => why !== null);
    if (change !== undefined) report.changed.push({ path, to, because: change });
    else if (entry.to.size > 0) report.mapped.push({ path, to });
    else report.dropped.push({ path, because: entry.drop ?? unclaimed(valueAt(root, entry.path.slice(rootPath.length))) });
  }
  return report;
}

function unclaimed(value: unknown): Loss {
  const isEmpty = value === null || value === '' || typeof value === 'object';
  return isEmpty ? because('empty', 'it says nothing') : because('no_field', 'Nines has no field for it');
}

/** Every leaf's path, in the order of the document. */
export function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [path];
  const children: [string | number, unknown][] = Array.isArray(value) ? value.map((item, index) => [index, item]) : Object.entries(value);
  return children.length === 0 ? [path] : children.flatMap(([key, child]) => leavesOf(child, [...path, key]));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => childOf(inner, key), value);
}

/** The value of a key or index, or undefined; inherited properties are none. */
export function childOf(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}

/** As people write it: `documents[0].spec.objectives[1].target`; keys that are no plain words stand in brackets and quotes. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}
