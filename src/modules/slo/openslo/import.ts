import { because, type FieldProblem } from '#kernel/errors.ts';
import { Slug } from '#kernel/text.ts';
import { type Bundle, claimHeader, claimKept, claimSlug, claimText } from './bundle.ts';
import type { ObjectiveDocument } from './definition.ts';
import { at, type Documents, items, type Place, problem, readDocuments, textAt } from './documents.ts';
import { mapSlo } from './import-objective.ts';
import { createLedger, type Loss, onceEach, pathText, type Report } from './report.ts';
import { type Kind, kindOf, KINDS, strictProblems } from './schema.ts';

export interface ImportedService {
  slug: string;
  name: string;
  description: string;
}

/** A proposal for a source, from a DataSource; credentials are never taken over. */
export interface ImportedSource {
  slug: string;
  name: string;
  type: 'prometheus';
  description: string;
  url?: string;
}

export interface Imported {
  objectives: ObjectiveDocument[];
  services: ImportedService[];
  sources: ImportedSource[];
  report: Report;
  /** What keeps a document or an objective from being imported. */
  problems: FieldProblem[];
}

export interface OpenSloOptions {
  /** `strict` refuses whatever the specification forbids, a document at a time; `lenient` takes what can be understood. */
  mode: 'strict' | 'lenient';
  /** The source of queries that name none; `prometheus` unless given. */
  source?: string;
}

/** Reads OpenSLO v1, documents of all kinds together, YAML or JSON. References are followed among the documents given. */
export function importOpenSlo(text: string, options: OpenSloOptions): Imported {
  return importDocuments(readDocuments(text), options);
}

/** The same, of documents that were read already. */
export function importDocuments(documents: Documents, options: OpenSloOptions): Imported {
  const ledger = createLedger(documents.root, ['documents']);
  const problems = [...documents.problems];
  const accepted = documents.objects.filter((place) => {
    const found = options.mode === 'strict' ? strictProblems(place) : lenientProblems(place);
    problems.push(...found);
    if (found.length > 0) ledger.drop(place.path, because('document_refused', 'its document was refused: see the problems'));
    return found.length === 0;
  });
  dropUnread(documents, ledger);
  const bundle: Bundle = {
    ledger,
    problems,
    named: new Map(accepted.map((place) => [`${kindOf(place.value) ?? ''}/${textAt(at(place, 'metadata', 'name')) ?? ''}`, place])),
    referenced: new Map(),
    refused: new Map(),
    source: options.source ?? 'prometheus',
    takenSlugs: new Set(),
  };
  const of = (kind: Kind): Place[] => accepted.filter((place) => kindOf(place.value) === kind);
  const objectives = of('SLO').flatMap((place) => mapSlo(place, bundle));
  const services = of('Service').flatMap((place) => mapService(place, bundle));
  const sources = of('DataSource').flatMap((place) => mapDataSource(place, bundle));
  for (const place of [...of('SLI'), ...of('AlertPolicy'), ...of('AlertCondition')]) {
    const why = unusedBecause(place, bundle);
    if (why !== undefined) ledger.drop(place.path, why);
  }
  for (const place of of('AlertNotificationTarget')) {
    ledger.drop(place.path, because('routed_by_labels', 'who is told follows from the service and its escalation, not from the objective'));
  }
  ledger.retract(bundle.refused);
  return { objectives, services, sources, report: ledger.report(), problems: onceEach(problems) };
}

/** Why a document that objectives refer to is of no use; undefined where one that was imported does. */
function unusedBecause({ path }: Place, { referenced, refused }: Bundle): Loss | undefined {
  const users = referenced.get(pathText(path));
  if (users === undefined) return because('not_referenced', 'no objective that was imported refers to it');
  const reasons = [...users].map((slug) => refused.get(slug));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

function dropUnread({ root, problems }: Documents, ledger: Bundle['ledger']): void {
  root.forEach((value, index) => {
    const path = ['documents', index];
    const isUnread = value === null && problems.some((one) => one.path === pathText(path));
    if (isUnread) ledger.drop(path, because('document_refused', 'it cannot be read: see the problems'));
  });
}

/** What even a lenient reader needs: the version, a kind and a name. */
function lenientProblems(place: Place): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const version = at(place, 'apiVersion');
  if (version.value !== 'openslo/v1') problems.push(problem(version, 'must be openslo/v1'));
  if (kindOf(place.value) === undefined) problems.push(problem(at(place, 'kind'), `must be one of ${KINDS.join(', ')}`));
  const name = at(place, 'metadata', 'name');
  if (textAt(name) === undefined) problems.push(problem(name, 'must be a name'));
  return problems;
}

function mapService(place: Place, bundle: Bundle): ImportedService[] {
  const named = claimNames(place, 'services', bundle);
  return named === null ? [] : [named];
}

function mapDataSource(place: Place, bundle: Bundle): ImportedSource[] {
  const { ledger } = bundle;
  const type = at(place, 'spec', 'type');
  if (textAt(type)?.toLowerCase() !== 'prometheus') {
    ledger.drop(
      place.path,
      because('source_not_supported', `Nines reads Prometheus-compatible sources, not ${textAt(type) ?? 'this one'}`),
    );
    return [];
  }
  const named = claimNames(place, 'sources', bundle);
  if (named === null) return [];
  const to = `sources.${named.slug}`;
  ledger.map(type.path, `${to}.type`);
  const details = at(place, 'spec', 'connectionDetails');
  const address = [details, ...items(details)].map((one) => at(one, 'url')).find((one) => /^https?:\/\//.test(textAt(one) ?? ''));
  if (address !== undefined) ledger.map(address.path, `${to}.url`);
  const url = address && textAt(address);
  return [{ ...named, type: 'prometheus', ...(url === undefined ? {} : { url }) }];
}

/** Slug, name and description of a service or a source. */
function claimNames(place: Place, what: 'services' | 'sources', bundle: Bundle): ImportedService | null {
  const given = at(place, 'metadata', 'name');
  const spec = at(place, 'spec');
  const kept = claimKept(place, 'slug', what, bundle);
  const slug = kept ?? claimSlug(given, what, bundle);
  if (!Slug.safeParse(slug).success) {
    bundle.problems.push(problem(given, 'must hold letters or digits'));
    return null;
  }
  const to = `${what}.${slug}`;
  claimHeader(place, to, bundle);
  if (isEmpty(spec)) bundle.ledger.map(spec.path, to);
  const name = claimKept(place, 'name', to, bundle) ?? claimText(at(place, 'metadata', 'displayName'), `${to}.name`, 120, bundle);
  const description = claimKept(place, 'description', to, bundle) ?? claimText(at(spec, 'description'), `${to}.description`, 2000, bundle);
  return { slug, name: name ?? (kept === undefined ? textAt(given) : undefined) ?? slug, description: description ?? '' };
}

function isEmpty({ value }: Place): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
