import { stringify } from 'yaml';
import type { FieldProblem } from '#kernel/errors.ts';
import { parseDuration } from '#kernel/instant.ts';
import { ageOf } from '../rules/promql.ts';
import { OWN_PREFIX } from './bundle.ts';
import { canonicalDefinition, type DefinitionInput, isSame, type ObjectiveDocument } from './definition.ts';
import { type Imported, importDocuments, type ImportedService, type ImportedSource } from './import.ts';
import { OWN_TYPE } from './import-indicator.ts';
import { childOf } from './report.ts';
import { isAnnotationKey, isLabelKey } from './schema.ts';

type Json = Record<string, unknown>;

export interface OpenSloContext {
  /** Described beside the objectives; a service that is only named gets a document all the same. */
  services?: readonly ImportedService[];
  /** Written as DataSources where their address is known. */
  sources?: readonly ImportedSource[];
}

export interface Exported {
  text: string;
  /** Definitions that are not valid and were left out; the path begins with the slug. */
  problems: FieldProblem[];
}

/**
 * Writes objectives as OpenSLO v1: DataSources, Services, and an SLO with its indicator for each. What OpenSLO cannot say
 * stands in annotations, `nines/<field>` as JSON, found by reading the document back and comparing. So reading what was
 * written gives the same definitions, and a field that OpenSLO does know can be changed by hand in its own place.
 */
export function exportOpenSlo(documents: readonly ObjectiveDocument[], context: OpenSloContext = {}): Exported {
  const problems: FieldProblem[] = [];
  const names = new Set<string>();
  const services: string[] = [];
  const objectives = documents.flatMap(({ slug, definition }) => {
    const read = canonicalDefinition(definition);
    if ('definition' in read) services.push(definition.service);
    if ('definition' in read) return [writeSlo({ slug, definition: read.definition }, names)];
    problems.push(...read.problems.map((problem) => ({ ...problem, path: `${slug}.${problem.path}` })));
    return [];
  });
  const written = [...writeSources(context.sources ?? []), ...writeServices(services, context.services ?? []), ...objectives];
  return { text: written.map((one) => stringify(one, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n'), problems };
}

function documentOf(kind: string, metadata: Json, spec: Json): Json {
  return { apiVersion: 'openslo/v1', kind, metadata, spec };
}

function writeSources(sources: readonly ImportedSource[]): Json[] {
  return sources.flatMap(({ type, description, url, ...named }) =>
    url === undefined
      ? []
      : [documentOf('DataSource', header(named, description), { ...described(description), type, connectionDetails: { url } })],
  );
}

function writeServices(named: readonly string[], services: readonly ImportedService[]): Json[] {
  const known = new Map(services.map((service) => [service.slug, service]));
  return [...new Set([...known.keys(), ...named])].map((slug) => {
    const { name, description } = known.get(slug) ?? { name: slug, description: '' };
    return documentOf('Service', header({ slug, name }, description), described(description));
  });
}

/** What is longer than OpenSLO allows stands in an annotation. */
function header({ slug, name }: { slug: string; name: string }, description: string): Json {
  const short = nameOf(slug);
  const kept = {
    ...(short === slug ? {} : { slug }),
    ...(name.length > 63 ? { name } : {}),
    ...(description.length > 1050 ? { description } : {}),
  };
  const annotations = Object.entries(kept).map(([key, value]) => [`${OWN_PREFIX}${key}`, JSON.stringify(value)]);
  return {
    name: short,
    ...titled(name, slug),
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) as Json }),
  };
}

/** A slug has at most one character more than a name of OpenSLO. */
function nameOf(slug: string): string {
  return slug.slice(0, 63).replace(/-+$/, '');
}

const titled = (name: string, slug: string): Json => (name === slug || name.length > 63 ? {} : { displayName: name });
const described = (description: string): Json => (description === '' || description.length > 1050 ? {} : { description });

/** The plainest form first; whatever form is chosen reads back as the definition, without a word of loss. */
function writeSlo(document: ObjectiveDocument, names: Set<string>): Json {
  const name = freeName(document.slug, names);
  for (const form of [nativeIndicator(document.definition), null]) {
    const draft = sloOf(document, name, form ?? ownIndicator(document.definition));
    const written = annotated(draft, document);
    if (form === null || (written !== null && readsBackAs(written, document))) return written ?? draft;
  }
  return {};
}

function freeName(slug: string, names: Set<string>): string {
  let name = nameOf(slug);
  for (let number = 2; names.has(name); number += 1) name = `${slug.slice(0, 58).replace(/-+$/, '')}-${number}`;
  names.add(name);
  return name;
}

interface IndicatorForm {
  budgetingMethod: string;
  sli: Json;
  /** Terms of the objective: op and value, slices. */
  terms: Json;
}

function sloOf({ definition }: ObjectiveDocument, name: string, { budgetingMethod, sli, terms }: IndicatorForm): Json {
  const { specification = '' } = definition.indicator;
  const labels = Object.entries(definition.labels ?? {});
  const native = Object.fromEntries(labels.filter(([key]) => isLabelKey(key)));
  const annotations = Object.fromEntries(labels.filter(([key]) => !isLabelKey(key) && isAnnotationKey(key) && !key.startsWith(OWN_PREFIX)));
  const metadata = {
    name,
    ...(definition.name === undefined ? {} : titled(definition.name, '')),
    ...(Object.keys(native).length === 0 ? {} : { labels: native }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return documentOf('SLO', metadata, {
    ...described(definition.description ?? ''),
    service: nameOf(definition.service),
    indicator: { metadata: { name }, spec: { ...described(specification), ...sli } },
    timeWindow: [timeWindow(definition.window ?? '30d')],
    budgetingMethod,
    objectives: [{ ...terms, target: definition.target }],
  });
}

const CALENDAR: Record<string, [string, string]> = {
  week: ['1w', '2026-01-05'],
  month: ['1M', '2026-01-01'],
  quarter: ['1Q', '2026-01-01'],
  year: ['1Y', '2026-01-01'],
};

function timeWindow(window: NonNullable<DefinitionInput['window']>): Json {
  if (typeof window === 'string') {
    const minutes = Math.round((parseDuration(window) ?? 0) / 60_000);
    return { duration: /[mhdw]$/.test(window) ? window : `${minutes}m`, isRolling: true };
  }
  const { calendar, timeZone = 'UTC' } = window as { calendar: string; timeZone?: string };
  const [duration, day] = CALENDAR[calendar] ?? CALENDAR['month'] ?? [];
  return { duration, isRolling: false, calendar: { startTime: `${day} 00:00:00`, timeZone } };
}

/** The indicator in OpenSLO's words, where it has any: ratios of queries, and gauges with a bound. */
function nativeIndicator({ indicator }: DefinitionInput): IndicatorForm | null {
  if (indicator.kind !== 'prometheus' && indicator.kind !== 'promql') return null;
  const source = (query: string): Json => ({
    metricSource: { type: 'Prometheus', metricSourceRef: indicator.source, spec: { query } },
  });
  const slices = indicator.slices;
  const inSlices = slices?.when === 'ratio_at_least';
  const terms = inSlices ? { timeSliceTarget: slices.threshold, timeSliceWindow: slices.length ?? '1m' } : {};
  const budgetingMethod = inSlices ? 'Timeslices' : 'Occurrences';
  if (indicator.value !== undefined && slices !== undefined) {
    const query = slices.when === 'age_at_most' ? ageOf(indicator.value, indicator.kind === 'prometheus') : indicator.value;
    return { budgetingMethod: 'Timeslices', sli: { thresholdMetric: source(query) }, terms: boundOf(slices) };
  }
  const { valid, good, bad } = indicator;
  const counted = good === undefined ? { bad } : { good };
  const query = good ?? bad;
  if (valid !== undefined && query !== undefined) {
    const sides = Object.fromEntries(Object.keys(counted).map((key) => [key, source(query)]));
    return { budgetingMethod, sli: { ratioMetric: { counter: true, ...sides, total: source(valid) } }, terms };
  }
  if (indicator.kind !== 'promql') return null;
  const raw = indicator.goodRatio ?? indicator.badRatio;
  if (raw === undefined) return null;
  const rawType = indicator.goodRatio === undefined ? 'failure' : 'success';
  const ratioMetric = { counter: false, raw: source(raw), rawType };
  return inSlices
    ? { budgetingMethod, sli: { ratioMetric }, terms }
    : { budgetingMethod: 'RatioTimeslices', sli: { ratioMetric }, terms: { timeSliceWindow: '1m' } };
}

function boundOf({ when, threshold, length = '1m' }: { when: string; threshold: number; length?: string | undefined }): Json {
  return { op: when === 'value_at_least' ? 'gte' : 'lte', value: threshold, timeSliceTarget: 1, timeSliceWindow: length };
}

/** What annotations can hold of any indicator; the rest is the spec of a metric source of our own. */
const ANNOTATED = new Set(['sli', 'specification', 'measuredAt', 'groupBy']);

function ownIndicator({ indicator }: DefinitionInput): IndicatorForm {
  const spec = Object.fromEntries(Object.entries(indicator).filter(([key]) => !ANNOTATED.has(key)));
  const ratioMetric = { counter: false, raw: { metricSource: { type: OWN_TYPE, spec } }, rawType: 'success' };
  return { budgetingMethod: 'Occurrences', sli: { ratioMetric }, terms: {} };
}

/** Adds what the document does not say by itself as annotations; null when it cannot be read at all. */
function annotated(slo: Json, { slug, definition }: ObjectiveDocument): Json | null {
  const [read] = readBack(slo).objectives;
  if (read === undefined) return null;
  const missing: Json = read.slug === slug ? {} : { slug };
  const had: Json = { ...read.definition };
  const wanted: Json = { ...definition };
  for (const key of new Set([...Object.keys(had), ...Object.keys(wanted)])) {
    if (key === 'indicator') {
      const [from, to]: [Json, Json] = [{ ...read.definition.indicator }, { ...definition.indicator }];
      for (const field of new Set([...Object.keys(from), ...Object.keys(to)])) {
        if (!isSame(from[field], to[field])) missing[`indicator.${field}`] = to[field] ?? null;
      }
    } else if (key === 'labels') {
      const labels = Object.entries(definition.labels ?? {}).filter(([name, value]) => childOf(had['labels'], name) !== value);
      if (labels.length > 0) missing['labels'] = Object.fromEntries(labels);
    } else if (!isSame(had[key], wanted[key])) missing[key] = wanted[key] ?? null;
  }
  if (Object.keys(missing).length === 0) return slo;
  const metadata = slo['metadata'] as Json;
  const added = Object.fromEntries(Object.entries(missing).map(([key, value]) => [`${OWN_PREFIX}${key}`, JSON.stringify(value)]));
  return { ...slo, metadata: { ...metadata, annotations: { ...(metadata['annotations'] as Json | undefined), ...added } } };
}

function readBack(slo: Json): Imported {
  return importDocuments({ root: [slo], objects: [{ path: ['documents', 0], value: slo }], problems: [] }, { mode: 'strict' });
}

function readsBackAs(slo: Json, document: ObjectiveDocument): boolean {
  const { objectives, report } = readBack(slo);
  const [read] = objectives;
  return report.changed.length + report.dropped.length === 0 && isSame(read, document) && !isIndicatorOverridden(slo);
}

/** An annotation that replaced a query would hide the query that stands in the document. */
function isIndicatorOverridden(slo: Json): boolean {
  const annotations = childOf(childOf(slo, 'metadata'), 'annotations');
  return typeof annotations === 'object' && annotations !== null && Object.keys(annotations).some(isQueryAnnotation);
}

function isQueryAnnotation(key: string): boolean {
  const field = key.startsWith(`${OWN_PREFIX}indicator.`) ? key.slice(OWN_PREFIX.length + 'indicator.'.length) : null;
  return field !== null && field !== 'slices' && !ANNOTATED.has(field);
}
