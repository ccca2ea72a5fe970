import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { Meter } from '../../ui/mark.tsx';
import { Prose } from '../../ui/prose.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Time } from '../../ui/time/time.tsx';
import { AlertSeverityChip, alertNumber } from '../alerts/alert-look.tsx';
import { Evidence } from './evidence.tsx';
import { type IncidentDetail, STATUS_WORDS } from './incident-look.tsx';

/** Charts and suspects, alerts, what was said. */
export function RoomRight({ incident }: { incident: IncidentDetail }) {
  const search = useSearch({ from: '/frame/incidents/$id' });
  const navigate = useNavigate({ from: '/incidents/$id' });
  return (
    <section className="rgt" aria-label="Evidence">
      <Tabs
        label="Evidence"
        value={search.tab ?? 'evidence'}
        onChange={(tab) => void navigate({ search: (before) => ({ ...before, tab: tab === 'evidence' ? undefined : tab }), replace: true })}
        tabs={[
          {
            value: 'evidence',
            label: 'Evidence',
            panel: (
              <div className="stack">
                <Charts incident={incident} />
                <Suspects incident={incident} />
              </div>
            ),
          },
          { value: 'alerts', label: 'Alerts', count: incident.alerts.length, panel: <Alerts incident={incident} /> },
          { value: 'comms', label: 'Comms', count: incident.updates.length, panel: <Comms incident={incident} /> },
        ]}
      />
    </section>
  );
}

/** The worst two objectives of the services that are affected. */
function Charts({ incident }: { incident: IncidentDetail }) {
  const objectives = useQuery(api.slo.listObjectives.query({ query: { limit: 200 } }));
  const slugs = incident.services.map((service) => service.slug);
  const shown = objectives.data?.items.filter((objective) => slugs.includes(objective.service.slug)) ?? [];
  if (objectives.data === undefined) return null;
  if (shown.length === 0) return <p className="soft">No objective covers the affected services.</p>;
  return shown.slice(0, 2).map((objective) => <Evidence key={objective.id} incident={incident} objective={objective} />);
}

const STRENGTH = { strong: 3, likely: 2, weak: 1 } as const;

function Suspects({ incident }: { incident: IncidentDetail }) {
  return (
    <div>
      <div className="sec-head">
        <h2>Suspects</h2>
        <span className="lead">
          what changed before <Time at={incident.impactStartedAt ?? incident.declaredAt} shape="auto-second" />
        </span>
      </div>
      {incident.suspects.length === 0 && <p className="soft">Nothing was recorded to change.</p>}
      <ol>
        {incident.suspects.map(({ change, strength, because }, at) => (
          <li className="suspect" key={change.id}>
            <span className="n">{at + 1}</span>
            <span className="t">
              {change.kind.charAt(0).toUpperCase() + change.kind.slice(1)} {change.service.name}{' '}
              <span className="mono">{change.version}</span>
            </span>
            <Meter strength={STRENGTH[strength]} label={strength} />
            <ul>
              {because.map((reason) => (
                <li key={reason.code}>{reason.text}</li>
              ))}
              {change.summary !== '' && <li>{change.summary}</li>}
            </ul>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Alerts({ incident }: { incident: IncidentDetail }) {
  if (incident.alerts.length === 0) return <p className="soft">No alert is linked.</p>;
  return (
    <ul className="plain">
      {incident.alerts.map((alert) => (
        <li key={alert.id}>
          <span className="grow">
            <Link to="/alerts/$id" params={{ id: alert.id }} className="link">
              {alert.summary}
            </Link>
            <br />
            <span className="mute sm">
              {alertNumber(alert)} · opened <Time at={alert.openedAt} shape="auto-second" /> · {alert.state}
            </span>
          </span>
          <AlertSeverityChip severity={alert.severity} />
        </li>
      ))}
    </ul>
  );
}

function Comms({ incident }: { incident: IncidentDetail }) {
  if (incident.updates.length === 0) return <p className="soft">Nothing has been said yet.</p>;
  return (
    <ul className="plain">
      {incident.updates
        .toSorted((a, b) => b.at.localeCompare(a.at))
        .map((update) => (
          <li key={update.id}>
            <div className="grow">
              <b className="medium">{STATUS_WORDS[update.status]}</b>{' '}
              <span className="mute sm">
                {update.audience === 'customers' ? 'to customers' : 'to the team'}, {update.author}, <Time at={update.at} />
              </span>
              <Prose text={update.text} />
            </div>
          </li>
        ))}
    </ul>
  );
}
