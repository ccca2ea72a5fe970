/** What the URL may say of each list; anything else is dropped. */

type Raw = Record<string, unknown>;

function oneOf<T extends string>(raw: Raw, name: string, allowed: readonly T[]): T | undefined {
  return allowed.find((value) => value === raw[name]);
}

function words(raw: Raw, name: string): string | undefined {
  const value = raw[name];
  return (typeof value === 'string' || typeof value === 'number') && String(value) !== '' ? String(value).slice(0, 200) : undefined;
}

/** Every name stays, as undefined where nothing fits: for a name that is left out the router keeps what the URL said. */
function given<T extends object>(values: T): Partial<T> {
  return values;
}

/** Where to go after signing in: a path of this site only. */
export function nextSearch(raw: Raw) {
  const next = words(raw, 'next');
  return given({ next: next !== undefined && /^\/(?![/\\])/.test(next) ? next : undefined });
}

export function alertsSearch(raw: Raw) {
  return given({
    state: oneOf(raw, 'state', ['all']),
    severity: words(raw, 'severity'),
    service: words(raw, 'service'),
    find: words(raw, 'find'),
  });
}

export function incidentsSearch(raw: Raw) {
  return given({ state: oneOf(raw, 'state', ['open']) });
}

export function incidentSearch(raw: Raw) {
  return given({ tab: oneOf(raw, 'tab', ['alerts', 'comms']), show: oneOf(raw, 'show', ['people', 'public']) });
}

export function declareSearch(raw: Raw) {
  return given({ alert: words(raw, 'alert') });
}

export function objectivesSearch(raw: Raw) {
  return given({
    by: oneOf(raw, 'by', ['service', 'owner']),
    find: words(raw, 'find'),
    service: words(raw, 'service'),
    level: oneOf(raw, 'level', ['burning', 'exhausted', 'frozen', 'slow', 'caution', 'healthy', 'no_data']),
    explain: words(raw, 'explain'),
  });
}

export function objectiveSearch(raw: Raw) {
  const days = words(raw, 'days');
  return given({
    tab: oneOf(raw, 'tab', ['backtest', 'corrections', 'versions', 'definition']),
    range: oneOf(raw, 'range', ['1h', '6h', '1d', '7d']),
    explain: words(raw, 'explain'),
    days: oneOf({ days }, 'days', ['7', '90']),
    from: words(raw, 'from'),
    to: words(raw, 'to'),
    source: words(raw, 'source'),
  });
}

export function newObjectiveSearch(raw: Raw) {
  return given({ service: words(raw, 'service') });
}

export function policySearch(raw: Raw) {
  return given({ policy: words(raw, 'policy'), edit: oneOf(raw, 'edit', ['yes']) });
}

export function ninesSearch(raw: Raw) {
  return given({ target: words(raw, 'target'), events: words(raw, 'events') });
}

export function onCallSearch(raw: Raw) {
  return given({ schedule: words(raw, 'schedule'), span: oneOf(raw, 'span', ['week', 'month']), from: words(raw, 'from') });
}

export function servicesSearch(raw: Raw) {
  return given({ find: words(raw, 'find') });
}

export function changesSearch(raw: Raw) {
  return given({ service: words(raw, 'service') });
}

export function postmortemsSearch(raw: Raw) {
  return given({ incident: words(raw, 'incident') });
}

export function actionsSearch(raw: Raw) {
  return given({ state: oneOf(raw, 'state', ['all']), mine: raw['mine'] === true ? true : undefined });
}

export function settingsSearch(raw: Raw) {
  return given({ tab: oneOf(raw, 'tab', ['integrations', 'sources', 'people', 'keys', 'audit', 'jobs']) });
}
