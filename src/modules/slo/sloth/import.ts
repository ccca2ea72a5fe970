import { because, type FieldProblem } from '#kernel/errors.ts';
import { Url } from '#kernel/text.ts';
import { LABEL_LIMIT } from '../core/definition.ts';
import { canonicalDefinition, freeSlug, type ObjectiveDocument, ratioOfPercent, slugOf } from '../openslo/definition.ts';
import { at, entries, items, numberAt, type Place, problem, readDocuments, textAt } from '../openslo/documents.ts';
import { COUNTER_ITSELF } from '../openslo/import-indicator.ts';
import { createLedger, type Ledger, pathText, type Report } from '../openslo/report.ts';
import { countsOfWindow, selectionOf, usesWindow } from '../rules/promql.ts';

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
  const reading: Reading = { ledger, problems: [...documents.problems], source: options.source ?? 'prometheus', takenSlugs: new Set() };
  for (const [index, value] of documents.root.entries()) {
    if (value === null) ledger.drop(['documents', index], because('document_refused', 'it cannot be read, or says nothing'));
  }
  const objectives = documents.objects.flatMap((place) => {
    const service = serviceOf(place, reading);
    return service === null ? [] : service.slos.flatMap((slo) => mapSlo(service, slo, reading) ?? []);
  });
  const imported = new Set(objectives.map(({ slug }) => slug));
  ledger.retract(new Set([...reading.takenSlugs].filter((slug) => !imported.has(slug))));
  return { objectives, report: ledger.report(), problems: reading.problems };
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

function mapSlo(service: Service, slo: Place, reading: Reading): ObjectiveDocument | null {
  const { ledger, problems } = reading;
  const before = problems.length;
  const name = at(slo, 'name');
  if (slugOf(textAt(name) ?? '') === '') problems.push(problem(name, 'must be a name'));
  const itsService = textAt(service.service) ?? '';
  const given = `${itsService}-${textAt(name) ?? ''}`;
  const slug = freeSlug(slugOf(given), reading.takenSlugs);
  const to = `objectives.${slug}`;
  for (const { path } of service.header) ledger.map(path, to);
  if (slug === given) ledger.map(name.path, `${to}.slug`);
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
  const draft: Draft = {
    service: serviceSlug,
    target: mapObjective(at(slo, 'objective'), to, reading),
    alerting: mapAlerting(alerting, to, reading),
    links: mapLinks(at(alerting, 'annotations'), to, reading),
    labels: {
      ...mapLabels([service.labels, at(slo, 'labels'), at(alerting, 'labels')], to, reading),
      ...mapAlertName(alerting, to, reading),
    },
    indicator,
    ...(typeof description.value === 'string' ? { description: description.value } : {}),
  };
  ledger.map(description.path, `${to}.description`);
  for (const plugins of [at(slo, 'plugins'), at(slo, 'slo_plugins'), at(slo, 'sloPlugins')])
    ledger.drop(plugins.path, because('plugin', 'Sloth’s plugins do not run here'));
  if (indicator === null || problems.length > before) return null;
  const read = canonicalDefinition(draft);
  if ('definition' in read) return { slug, definition: read.definition };
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

/** The field in a file, or its name in a resource. */
function either(place: Place, ...names: string[]): Place {
  const found = names.map((name) => at(place, name)).find((one) => one.value !== undefined);
  return found ?? at(place, names[0] ?? '');
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

/** Sloth's two severities as they are here over 30 days: shares of the budget in a long and a short window. */
const PAGES = [
  { severity: 'critical', long: '1h', short: '5m', budgetPercent: 2 },
  { severity: 'warning', long: '6h', short: '30m', budgetPercent: 5 },
];
const TICKETS = [
  { severity: 'ticket', long: '1d', short: '2h', budgetPercent: 10 },
  { severity: 'ticket', long: '3d', short: '6h', budgetPercent: 10 },
];

function mapAlerting(alerting: Place, to: string, { ledger }: Reading): Draft {
  const disabled = [either(alerting, 'page_alert', 'pageAlert'), either(alerting, 'ticket_alert', 'ticketAlert')].map((alert) => {
    const disable = at(alert, 'disable');
    ledger.map(disable.path, `${to}.alerting`);
    for (const key of ['labels', 'annotations']) {
      ledger.drop(
        at(alert, key).path,
        because('routed_by_labels', 'labels belong to the objective here, and its alerts carry their severity themselves'),
      );
    }
    return disable.value === true;
  });
  const [page, ticket] = disabled;
  if (page === true && ticket === true) return { preset: 'none' };
  if (page === true) return { pairs: TICKETS };
  return ticket === true ? { pairs: PAGES } : {};
}

const LINKS: Record<string, 'runbook' | 'dashboard'> = {
  runbook: 'runbook',
  runbook_url: 'runbook',
  dashboard: 'dashboard',
  dashboard_url: 'dashboard',
};

function mapLinks(annotations: Place, to: string, { ledger }: Reading): Draft {
  const links: Draft = {};
  for (const [key, place] of entries(annotations)) {
    const link = LINKS[key];
    if (link !== undefined && links[link] === undefined && Url.safeParse(place.value).success) {
      links[link] = place.value;
      ledger.map(place.path, `${to}.links.${link}`);
    } else ledger.drop(place.path, because('no_field', 'alerts are worded by Nines; only links to a runbook and a dashboard are kept'));
  }
  return links;
}

/** Labels of the service, the SLO and its alerts; the narrower one wins. */
function mapLabels(places: readonly Place[], to: string, { ledger }: Reading): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, place] of places.flatMap(entries)) {
    const value = typeof place.value === 'object' ? '' : String(place.value ?? '');
    const isNew = !Object.hasOwn(labels, key);
    // One place is kept for the name of the alerts.
    const fits =
      /^[a-zA-Z][a-zA-Z0-9_./-]{0,62}$/.test(key) && value.length <= 200 && (!isNew || Object.keys(labels).length < LABEL_LIMIT - 1);
    if (!fits || typeof place.value === 'object') {
      ledger.drop(
        place.path,
        because(
          'does_not_fit',
          `a label's name begins with a letter and has at most 63 characters, its value 200; there are at most ${LABEL_LIMIT}`,
        ),
      );
      continue;
    }
    if (!isNew && labels[key] !== value) {
      ledger.change(
        place.path,
        `${to}.labels.${key}`,
        because('joined', `one value a label: ${value} takes the place of ${labels[key] ?? ''}`),
      );
    } else ledger.map(place.path, `${to}.labels.${key}`);
    labels[key] = value;
  }
  return labels;
}

/** The name of its alerts is kept as a label, so that exported rules bear it again. */
function mapAlertName(alerting: Place, to: string, { ledger }: Reading): Record<string, string> {
  const name = at(alerting, 'name');
  const text = textAt(name);
  if (text === undefined || text.length > 200) return {};
  ledger.map(name.path, `${to}.labels.alertname`);
  return { alertname: text };
}
