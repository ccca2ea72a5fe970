import { type Because, because } from '#kernel/errors.ts';

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
  /** Takes back what was told of objectives that were not imported after all. */
  retract(slugs: ReadonlySet<string>): void;
  /** The document path that was written to this field of ours, where there is one. */
  sourceOf(to: string): string | undefined;
  report(): Report;
}

interface Entry {
  path: Path;
  to: Set<string>;
  change?: Loss;
  drop?: Loss;
}

/** A path names a leaf, or everything beneath it. What is told twice of a leaf adds up: changed outranks mapped, mapped outranks dropped. */
export function createLedger(root: unknown, rootPath: Path = []): Ledger {
  // No documents at all hold no leaf.
  const leaves = Array.isArray(root) && root.length === 0 ? [] : leavesOf(root, rootPath);
  const entries = new Map<string, Entry>(leaves.map((path) => [pathText(path), { path, to: new Set() }]));
  const sources = new Map<string, string>();
  const each = (path: Path, tell: (entry: Entry) => void): void => {
    for (const leaf of leavesOf(valueAt(root, path.slice(rootPath.length)), path)) {
      const entry = entries.get(pathText(leaf));
      if (entry !== undefined) tell(entry);
    }
  };
  const claim = (entry: Entry, to: string): void => {
    entry.to.add(to);
    if (!sources.has(to)) sources.set(to, pathText(entry.path));
  };
  return {
    map: (path, to) => each(path, (entry) => claim(entry, to)),
    change(path, to, why) {
      each(path, (entry) => {
        claim(entry, to);
        entry.change ??= why;
      });
    },
    drop(path, why) {
      each(path, (entry) => {
        entry.drop ??= why;
      });
    },
    retract(slugs) {
      for (const entry of entries.values()) {
        const kept = [...entry.to].filter((to) => !to.startsWith('objectives.') || !slugs.has(to.split('.')[1] ?? ''));
        if (kept.length === entry.to.size) continue;
        entry.to = new Set(kept);
        if (kept.length > 0) continue;
        delete entry.change;
        entry.drop = because('document_refused', 'its objective was refused: see the problems');
      }
    },
    sourceOf: (to) => sources.get(to),
    report: () => settle(entries, root, rootPath),
  };
}

function settle(entries: ReadonlyMap<string, Entry>, root: unknown, rootPath: Path): Report {
  const report: Report = { mapped: [], changed: [], dropped: [] };
  for (const [path, entry] of entries) {
    const to = [...entry.to].join(', ');
    if (entry.change !== undefined) report.changed.push({ path, to, because: entry.change });
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
