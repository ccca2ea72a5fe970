import { stringify } from 'yaml';
import type { ObjectiveDocument } from '../openslo/definition.ts';

export interface AlertmanagerOptions {
  /** Where Nines takes alerts in, with the integration's key: `https://nines.example.org/api/v1/intake/KEY`. */
  url?: string;
}

const PLACEHOLDER = 'https://nines.example.org/api/v1/intake/KEY';

/**
 * A configuration of Alertmanager that sends the burn alerts of these objectives to Nines: pages at once, tickets with
 * patience. To be merged into an Alertmanager that has routes of its own: take over the two routes and their receivers.
 */
export function exportAlertmanager(documents: readonly ObjectiveDocument[], options: AlertmanagerOptions = {}): string {
  const services = [...new Set(documents.map(({ definition }) => definition.service))].sort();
  const receiver = (name: string): unknown => ({ name, webhook_configs: [{ url: options.url ?? PLACEHOLDER, send_resolved: true }] });
  const route = (severity: string, group_wait: string, repeat_interval: string): unknown => ({
    receiver: `nines-${severity}`,
    matchers: [`sloth_severity="${severity}"`, ...(services.length === 0 ? [] : [`sloth_service=~"${services.join('|')}"`])],
    group_by: ['sloth_id', 'sloth_severity'],
    group_wait,
    group_interval: '1m',
    repeat_interval,
  });
  const configuration = {
    route: { receiver: 'nowhere', routes: [route('page', '0s', '5m'), route('ticket', '30s', '1h')] },
    receivers: [{ name: 'nowhere' }, receiver('nines-page'), receiver('nines-ticket')],
  };
  return stringify(configuration, { lineWidth: 0, aliasDuplicateObjects: false });
}
