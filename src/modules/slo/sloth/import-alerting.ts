import { because, type FieldProblem } from '#kernel/errors.ts';
import { Url } from '#kernel/text.ts';
import type { PairTerms } from '../core/alerting.ts';
import { LABEL_LIMIT } from '../core/definition.ts';
import { at, entries, type Place, problem, scalarText, textAt } from '../openslo/documents.ts';
import { deadBecause } from '../openslo/import-alerting.ts';
import type { Ledger } from '../openslo/report.ts';

type Draft = Record<string, unknown>;

/** The field in a file, or its name in a resource. */
export function either(place: Place, ...names: string[]): Place {
  const found = names.map((name) => at(place, name)).find((one) => one.value !== undefined);
  return found ?? at(place, names[0] ?? '');
}

/** Sloth's two severities as they are here over 30 days: shares of the budget in a long and a short window. */
const PAGES: PairTerms[] = [
  { severity: 'critical', long: '1h', short: '5m', budgetPercent: 2 },
  { severity: 'warning', long: '6h', short: '30m', budgetPercent: 5 },
];
const TICKETS: PairTerms[] = [
  { severity: 'ticket', long: '1d', short: '2h', budgetPercent: 10 },
  { severity: 'ticket', long: '3d', short: '6h', budgetPercent: 10 },
];

interface Reading {
  ledger: Ledger;
  problems: FieldProblem[];
}

/** Pairs that could never fire at the target are left out, as those of the preset would be. */
export function mapAlerting(alerting: Place, target: unknown, to: string, reading: Reading): Draft {
  const page = readDisabled(either(alerting, 'page_alert', 'pageAlert'), to, reading);
  const ticket = readDisabled(either(alerting, 'ticket_alert', 'ticketAlert'), to, reading);
  if (page.isDisabled && ticket.isDisabled) return { preset: 'none' };
  if (!page.isDisabled && !ticket.isDisabled) return {};
  const judged = (page.isDisabled ? TICKETS : PAGES).map((pair) => ({ pair, dead: deadBecause(pair, { target }) }));
  const dead = judged.flatMap((one) => one.dead ?? []);
  const [first] = dead;
  if (first !== undefined) {
    const why = because(first.code, `left out: ${dead.map(({ text }) => text).join('; ')}`, first.facts);
    reading.ledger.change((page.isDisabled ? page : ticket).place.path, `${to}.alerting`, why);
  }
  const pairs = judged.flatMap((one) => (one.dead === undefined ? [one.pair] : []));
  return pairs.length === 0 ? { preset: 'none' } : { pairs };
}

function readDisabled(alert: Place, to: string, { ledger, problems }: Reading): { isDisabled: boolean; place: Place } {
  const place = at(alert, 'disable');
  if (place.value !== undefined && typeof place.value !== 'boolean') problems.push(problem(place, 'must be true or false'));
  ledger.map(place.path, `${to}.alerting`);
  for (const key of ['labels', 'annotations']) {
    ledger.drop(
      at(alert, key).path,
      because('routed_by_labels', 'labels belong to the objective here, and its alerts carry their severity themselves'),
    );
  }
  return { isDisabled: place.value === true, place };
}

const LINKS: Record<string, 'runbook' | 'dashboard'> = {
  runbook: 'runbook',
  runbook_url: 'runbook',
  dashboard: 'dashboard',
  dashboard_url: 'dashboard',
};

export function mapLinks(annotations: Place, to: string, ledger: Ledger): Draft {
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
export function mapLabels(places: readonly Place[], to: string, ledger: Ledger): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, place] of places.flatMap(entries)) {
    const value = Array.isArray(place.value) ? undefined : scalarText(place.value);
    const isNew = !Object.hasOwn(labels, key);
    // One place is kept for the name of the alerts.
    const fits =
      value !== undefined &&
      /^[a-zA-Z][a-zA-Z0-9_./-]{0,62}$/.test(key) &&
      value.length <= 200 &&
      (!isNew || Object.keys(labels).length < LABEL_LIMIT - 1);
    if (!fits) {
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
export function mapAlertName(alerting: Place, to: string, ledger: Ledger): Record<string, string> {
  const name = at(alerting, 'name');
  const text = textAt(name);
  if (text === undefined || text.length > 200) return {};
  ledger.map(name.path, `${to}.labels.alertname`);
  return { alertname: text };
}
