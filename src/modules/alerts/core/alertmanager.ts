/** One signal of what was sent: what is kept of it word for word, and the fields that `mapSignal` reads. */
export interface Sent {
  raw: unknown;
  fields: unknown;
}

/**
 * The signals in one item of an intake. A webhook message of Alertmanager (version 4) tells of a whole group of alerts: each is a
 * signal of its own, known by its fingerprint, as the group's key changes with every edit of a route. Each is kept in the message
 * that it came in, without the others. Anything else is one signal as it stands.
 */
export function signalsIn(item: unknown): Sent[] {
  const message = objectOf(item);
  const { alerts } = message;
  if (message.version === undefined || !Array.isArray(alerts) || alerts.length === 0) return [{ raw: item, fields: item }];
  return alerts.map((alert: unknown) => ({ raw: { ...message, alerts: [alert] }, fields: fieldsOf(objectOf(alert), message) }));
}

function fieldsOf(alert: Fields, message: Fields): Fields {
  const [labels, annotations] = [objectOf(alert.labels), objectOf(alert.annotations)];
  const links = {
    runbook: annotations.runbook_url ?? annotations.runbook,
    dashboard: annotations.dashboard_url ?? annotations.dashboard,
    source: alert.generatorURL,
    alertmanager: message.externalURL,
  };
  return {
    key: alert.fingerprint ?? JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
    status: alert.status ?? message.status,
    summary: annotations.summary ?? annotations.title ?? annotations.description ?? labels.alertname,
    severity: labels.severity ?? labels.sloth_severity,
    service: labels.service ?? labels.sloth_service,
    labels: alert.labels,
    links: Object.fromEntries(Object.entries(links).filter(([, link]) => link !== undefined && link !== '')),
    startedAt: alert.startsAt,
  };
}

type Fields = Record<string, unknown>;

function objectOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
