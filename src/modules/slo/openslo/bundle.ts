import { because, type FieldProblem } from '#kernel/errors.ts';
import { slugOf } from './definition.ts';
import { at, type Place, problem, textAt } from './documents.ts';
import { type Ledger, type Loss, pathText, slugIn } from './report.ts';
import type { Kind } from './schema.ts';

/** Annotations under which Nines keeps what OpenSLO has no field for: `nines/rationale`, as JSON. */
export const OWN_PREFIX = 'nines/';

/** What the mappers of one reading share: the documents by name, the ledger of their leaves, and what went wrong. */
export interface Bundle {
  ledger: Ledger;
  problems: FieldProblem[];
  /** Documents by `kind/name`. */
  named: ReadonlyMap<string, Place>;
  /** Documents that others refer to, by path, with the objectives for which they do. */
  referenced: Map<string, Set<string>>;
  /** Objectives that were refused, by slug. */
  refused: Map<string, Loss>;
  /** The source of queries that name none. */
  source: string;
  takenSlugs: Set<string>;
}

/** Follows a reference by name; a problem where the documents hold no such thing. */
export function follow(kind: Kind, reference: Place, to: string, bundle: Bundle): Place | null {
  const name = textAt(reference);
  const found = name === undefined ? undefined : bundle.named.get(`${kind}/${name}`);
  if (found === undefined) {
    bundle.problems.push(problem(reference, `must name a document of kind ${kind} among those given`));
    return null;
  }
  bundle.ledger.map(reference.path, to);
  const path = pathText(found.path);
  bundle.referenced.set(path, (bundle.referenced.get(path) ?? new Set()).add(slugIn(to) ?? ''));
  claimHeader(found, to, bundle);
  return found;
}

/** Version, kind and name of a document have done their work once it is read. */
export function claimHeader(place: Place, to: string, { ledger }: Bundle): void {
  for (const path of [at(place, 'apiVersion').path, at(place, 'kind').path, at(place, 'metadata', 'name').path]) ledger.map(path, to);
}

/** A name in URLs made of a name given; told as changed where they differ. */
export function claimSlug(place: Place, to: string, { ledger }: Bundle): string {
  const given = textAt(place) ?? '';
  const slug = slugOf(given);
  if (slug === given) ledger.map(place.path, to);
  else ledger.change(place.path, to, because('renamed', `names are lower-case letters, digits and single dashes: ${slug}`));
  return slug;
}

/** Text, cut where it is longer than our field holds; undefined where there is none. */
export function claimText(place: Place, to: string, limit: number, { ledger }: Bundle): string | undefined {
  const given = typeof place.value === 'string' && place.value !== '' ? place.value : undefined;
  if (given === undefined) return undefined;
  if (given.length <= limit) ledger.map(place.path, to);
  else ledger.change(place.path, to, because('shortened', `it holds at most ${limit} characters`));
  return given.slice(0, limit);
}

/** What an annotation of ours holds; undefined where it is none. */
export function parsedAnnotation(place: Place): unknown {
  try {
    return typeof place.value === 'string' ? (JSON.parse(place.value) as unknown) : undefined;
  } catch (refusal) {
    if (refusal instanceof SyntaxError) return undefined;
    throw refusal;
  }
}

/** A text of ours that was too long for its own place in OpenSLO. */
export function claimKept(document: Place, field: string, to: string, { ledger }: Bundle): string | undefined {
  const annotation = at(document, 'metadata', 'annotations', `${OWN_PREFIX}${field}`);
  const kept = parsedAnnotation(annotation);
  if (typeof kept !== 'string' || kept === '') return undefined;
  ledger.map(annotation.path, `${to}.${field}`);
  return kept;
}
