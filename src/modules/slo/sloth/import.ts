import { because, type FieldProblem } from '#kernel/errors.ts';
import {
  canonicalDefinition,
  type DefinitionInput,
  freeSlug,
  type ObjectiveDocument,
  ratioOfPercent,
  slugOf,
} from '../openslo/definition.ts';
import { at, items, numberAt, type Place, problem, readDocuments, textAt } from '../openslo/documents.ts';
import { COUNTER_ITSELF } from '../openslo/import-indicator.ts';
import { createLedger, type Ledger, type Loss, onceEach, pathText, refusedBecause, type Report } from '../openslo/report.ts';
import { countsOfWindow, selectionOf, usesWindow } from '../rules/promql.ts';
import { either, mapAlerting, mapAlertName, mapLabels, mapLinks } from './import-alerting.ts';

type Draft = Record<string, unknown>;

export interface SlothImported {
  objectives: ObjectiveDocument[];
  report: Report;
  problems: FieldProblem[];
}

export interface SlothOptions {
  /** The source that the queries are read from; Sloth's documents name none. `prometheus` unless given. */
  source?: string;
}

interface Reading {
  ledger: Ledger;
  problems: FieldProblem[];
  source: string;
  takenSlugs: Set<string>;
  /** SLOs that were refused, by slug. */
  refused: Map<string, Loss>;
}

/** A service with its SLOs: the specification file, or the same as a Kubernetes resource. */
interface Service {
  place: Place;
  service: Place;
  labels: Place;
  slos: Place[];
  /** Places that say which kind of document it is. */
  header: Place[];
}

/**
 * Reads Sloth's `prometheus/v1` files and PrometheusServiceLevel resources, many documents together. Sloth's objectives
 * last for 30 days unless it is told otherwise on its command line, which no document shows.
 */
export function importSloth(text: string, options: SlothOptions = {}): SlothImported {
  const documents = readDocuments(text);
  const ledger = createLedger(documents.root, ['documents']);
  const reading: Reading = {
    ledger,
    problems: [...documents.problems],
    source: options.source ?? 'prometheus',
    takenSlugs: new Set(),
    refused: new Map(),
  };
  for (const [index, value] of documents.root.entries()) {
    if (value === null) ledger.drop(['documents', index], because('document_refused', 'it cannot be read, or says nothing'));
  }
  const objectives = documents.objects.flatMap((place) => {
    const service = serviceOf(place, reading);
    return service === null ? [] : mapService(service, reading);
  });
  ledger.retract(reading.refused);
  return { objectives, report: ledger.report(), problems: onceEach(reading.problems) };
}

function mapService(service: Service, reading: Reading): ObjectiveDocument[] {
  const { ledger, problems } = reading;
  const before = problems.length;
  const objectives = service.slos.flatMap((slo) => {
    const told = problems.length;
    const slug = freeSlug(slugOf(nameOf(service, slo)), reading.takenSlugs);
    const definition = mapSlo(service, slo, slug, reading);
    if (definition !== null) return [{ slug, definition }];
    const why = refusedBecause(problems.slice(told));
    reading.refused.set(slug, why);
    ledger.drop(slo.path, why);
    return [];
  });
  if (objectives.length === 0) ledger.drop(service.place.path, refusedBecause(problems.slice(before)));
  return objectives;
}

/** As the names of its objectives begin: the service's, and the SLO's. */
function nameOf({ service }: Service, slo: Place): string {
  return `${textAt(service) ?? ''}-${textAt(at(slo, 'name')) ?? ''}`;
}

function serviceOf(place: Place, { problems, ledger }: Reading): Service | null {
  const version = at(place, 'version');
  const apiVersion = at(place, 'apiVersion');
  const isResource = apiVersion.value !== undefined;
  const header = isResource ? [apiVersion, at(place, 'kind')] : [version];
  const body = isResource ? at(place, 'spec') : place;
  const found: FieldProblem[] = [];
  if (isResource && apiVersion.value !== 'sloth.slok.dev/v1') found.push(problem(apiVersion, 'must be sloth.slok.dev/v1'));
  if (isResource && at(place, 'kind').value !== 'PrometheusServiceLevel')
    found.push(problem(at(place, 'kind'), 'must be PrometheusServiceLevel'));
  if (!isResource && version.value !== 'prometheus/v1') found.push(problem(version, 'must be prometheus/v1'));
  const service = at(body, 'service');
  if (slugOf(textAt(service) ?? '') === '') found.push(problem(service, 'must name the service'));
  const slos = items(at(body, 'slos'));
  if (slos.length === 0) found.push(problem(at(body, 'slos'), 'must hold at least one SLO'));
  problems.push(...found);
  if (found.length === 0) return { place, service, labels: at(body, 'labels'), slos, header };
  ledger.drop(place.path, because('document_refused', 'its document was refused: see the problems'));
  return null;
}

function mapSlo(service: Service, slo: Place, slug: string, reading: Reading): DefinitionInput | null {
  const { ledger, problems } = reading;
  const before = problems.length;
  const name = at(slo, 'name');
  if (slugOf(textAt(name) ?? '') === '') problems.push(problem(name, 'must be a name'));
  const itsService = textAt(service.service) ?? '';
  const to = `objectives.${slug}`;
  for (const { path } of service.header) ledger.map(path, to);
  if (slug === nameOf(service, slo)) ledger.map(name.path, `${to}.slug`);
  else ledger.change(name.path, `${to}.slug`, because('renamed', `the objective is named ${slug}`));
  const serviceSlug = slugOf(itsService);
  if (serviceSlug === itsService) ledger.map(service.service.path, `${to}.service`);
  else
    ledger.change(
      service.service.path,
      `${to}.service`,
      because('renamed', `names are lower-case letters, digits and single dashes: ${serviceSlug}`),
    );
  const description = at(slo, 'description');
  const indicator = mapIndicator(at(slo, 'sli'), to, reading);
  const alerting = at(slo, 'alerting');
  const target = mapObjective(at(slo, 'objective'), to, reading);
  const draft: Draft = {
    service: serviceSlug,
    target,
    alerting: mapAlerting(alerting, target, to, reading),
    links: mapLinks(at(alerting, 'annotations'), to, ledger),
    labels: {
      ...mapLabels([service.labels, at(slo, 'labels'), at(alerting, 'labels')], to, ledger),
      ...mapAlertName(alerting, to, ledger),
    },
    indicator,
    ...(typeof description.value === 'string' ? { description: description.value } : {}),
  };
  ledger.map(description.path, `${to}.description`);
  for (const plugins of [at(slo, 'plugins'), at(slo, 'slo_plugins'), at(slo, 'sloPlugins')])
    ledger.drop(plugins.path, because('plugin', 'Sloth’s plugins do not run here'));
  if (indicator === null || problems.length > before) return null;
  const read = canonicalDefinition(draft);
  if ('definition' in read) return read.definition;
  problems.push(
    ...read.problems.map(({ path, message, received }) => ({
      path: ledger.sourceOf(`${to}.${path}`) ?? pathText(slo.path),
      message: `${path} ${message}`,
      ...(received === undefined ? {} : { received }),
    })),
  );
  return null;
}

function mapObjective(place: Place, to: string, { ledger, problems }: Reading): number | undefined {
  const percent = numberAt(place);
  if (percent === undefined || percent <= 0 || percent > 100) {
    problems.push(problem(place, 'must be a percentage above 0 and below 100'));
    return undefined;
  }
  if (percent === 100) {
    problems.push(
      problem(place, 'must be below 100: without an error budget the first error is a breach, and every burn rate divides by zero'),
    );
    return undefined;
  }
  ledger.map(place.path, `${to}.target`);
  return ratioOfPercent(percent);
}

function mapIndicator(sli: Place, to: string, reading: Reading): Draft | null {
  const { ledger, problems } = reading;
  const events = at(sli, 'events');
  const raw = at(sli, 'raw');
  const plugin = at(sli, 'plugin');
  if (plugin.value !== undefined) {
    ledger.drop(plugin.path, because('plugin', 'a plugin’s queries are made by Sloth when it runs; give them as events instead'));
    problems.push(problem(plugin, 'must be events or raw: the queries of a plugin are not in the document'));
    return null;
  }
  if (raw.value !== undefined && events.value !== undefined) {
    problems.push(problem(raw, 'must not be given beside events: which of the two counts cannot be told'));
    return null;
  }
  if (raw.value !== undefined) {
    const query = templated(either(raw, 'error_ratio_query', 'errorRatioQuery'), reading);
    if (query === null) return null;
    ledger.map(query.place.path, `${to}.indicator.badRatio`);
    return { kind: 'promql', source: reading.source, badRatio: query.text };
  }
  if (events.value === undefined) {
    problems.push(problem(sli, 'must hold events or raw'));
    return null;
  }
  const bad = templated(either(events, 'error_query', 'errorQuery'), reading);
  const valid = templated(either(events, 'total_query', 'totalQuery'), reading);
  if (bad === null || valid === null) return null;
  const selections = [selectionOf(valid.text), selectionOf(bad.text)];
  const [ofValid, ofBad] = selections;
  if (ofValid?.form === 'rate' && ofBad?.form === 'rate') {
    ledger.change(valid.place.path, `${to}.indicator.valid`, COUNTER_ITSELF);
    ledger.change(bad.place.path, `${to}.indicator.bad`, COUNTER_ITSELF);
    return { kind: 'prometheus', source: reading.source, valid: ofValid.selector, bad: ofBad.selector };
  }
  return {
    kind: 'promql',
    source: reading.source,
    valid: claimCounts(valid, `${to}.indicator.valid`, reading),
    bad: claimCounts(bad, `${to}.indicator.bad`, reading),
  };
}

interface Query {
  text: string;
  place: Place;
}

/** A query with Sloth's window as ours; other templates cannot be filled in. */
function templated(place: Place, { problems }: Reading): Query | null {
  const given = textAt(place);
  if (given === undefined) {
    problems.push(problem(place, 'must be a PromQL query'));
    return null;
  }
  const text = given.replace(/\{\{-?\s*\.window\s*-?\}\}/g, '$window');
  if (/\{\{/.test(text)) {
    problems.push(problem(place, 'must hold no template but {{.window}}: what others stand for is known to Sloth alone'));
    return null;
  }
  return { text, place };
}

function claimCounts({ text, place }: Query, to: string, { ledger }: Reading): string {
  const counted = countsOfWindow(text);
  if (counted === text) {
    ledger.map(place.path, to);
    return text;
  }
  const why =
    counted !== null
      ? because('counts_of_each_step', 'each step counts its own events, so a rate is an increase')
      : because(
          'evaluated_as_written',
          `it is evaluated once a step${usesWindow(text) ? '' : ', whatever the window'}, and its value taken for a count of events`,
        );
  ledger.change(place.path, to, why);
  return counted ?? text;
}
