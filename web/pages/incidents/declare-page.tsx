import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { useCrumb } from '../../frame/crumbs.tsx';
import { Page, PagePending } from '../../frame/page.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { SeverityChip } from '../../ui/mark.tsx';
import { Note } from '../../ui/note.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';
import { Elapsed } from '../../ui/time/countdown.tsx';
import type { AlertDetail } from '../alerts/alert-page.tsx';
import { type Incident, type IncidentSeverity, incidentNumber, severityOf } from './incident-look.tsx';
import { SEVERITY_NAMES, SEVERITY_WORDS } from './severity-words.ts';

/** Two fields and a button. From an alert, both come filled in. */
export function DeclarePage() {
  useCrumb('Declare');
  const { alert: alertId } = useSearch({ from: '/frame/declare' });
  const alert = useQuery({ ...api.alerts.getAlert.query({ params: { id: alertId ?? '' } }), enabled: alertId !== undefined });
  if (alertId !== undefined && alert.isPending) return <PagePending />;
  return <Declare alert={alert.data} />;
}

/** Customers read the title: a rate means nothing to them, and it is old in a minute. */
function withoutFigures(summary: string): string {
  return summary.replace(/: [\d.,]+×.*$/, '');
}

function proposed(alert: AlertDetail | undefined): IncidentSeverity {
  if (alert === undefined) return 'SEV3';
  return alert.severity === 'critical' ? 'SEV2' : alert.severity === 'warning' ? 'SEV3' : 'SEV4';
}

function Declare({ alert }: { alert: AlertDetail | undefined }) {
  const navigate = useNavigate();
  const services = useQuery(api.catalog.listServices.query({ query: { limit: 500 } }));
  const open = useQuery(api.incidents.listIncidents.query({ query: { state: 'open', limit: 20 } }));
  const [severity, setSeverity] = useState(proposed(alert));
  const [chosen, setChosen] = useState<readonly string[]>(alert?.service === null || alert === undefined ? [] : [alert.service.slug]);
  const declare = useAct(
    (title: string) =>
      api.incidents.declare({ body: { title, severity, services: [...chosen], alertIds: alert === undefined ? [] : [alert.id] } }),
    { renews: ['incidents', 'alerts'], after: ({ id }) => void navigate({ to: '/incidents/$id', params: { id } }) },
  );
  const toggle = (slug: string) =>
    setChosen((before) => (before.includes(slug) ? before.filter((one) => one !== slug) : [...before, slug]));
  return (
    <Page>
      <PageHead near title="Declare an incident" lead="Early is right: it can be lowered, cancelled or closed in a minute." />
      <div className="cols">
        <Form
          className="panel pad stack tight"
          problem={declare.error}
          fields={['title', 'severity', 'services']}
          onSubmit={(data) => declare.mutate(textOf(data, 'title'))}
        >
          <TextField
            name="title"
            label="What is broken, as a customer would say it"
            defaultValue={withoutFigures(alert?.summary ?? '')}
            placeholder="Card payments fail at checkout"
            required
            maxLength={200}
          />
          <SeverityChoice value={severity} onChange={setSeverity} hint={alert === undefined ? undefined : 'proposed by the alert'} />
          <fieldset className="field">
            <legend>Services</legend>
            <div className="row wrap">
              {services.data?.items.map((service) => (
                <button
                  key={service.slug}
                  type="button"
                  className="btn pick"
                  aria-pressed={chosen.includes(service.slug)}
                  onClick={() => toggle(service.slug)}
                >
                  {service.name}
                </button>
              ))}
              {services.data?.items.length === 0 && <span className="mute">No service is named yet.</span>}
            </div>
          </fieldset>
          <Note>
            <p>
              You take command. {SEVERITY_WORDS[severity].sets}
              {alert !== undefined && ' The alert is linked.'}
            </p>
          </Note>
          <div className="row wrap">
            <Button kind="primary" size="large" type="submit" busy={declare.isPending}>
              Declare {severity}
            </Button>
          </div>
        </Form>
        <Similar incidents={open.data?.items ?? []} alertId={alert?.id} />
      </div>
    </Page>
  );
}

export function SeverityChoice({
  value,
  onChange,
  hint,
}: {
  value: IncidentSeverity;
  onChange: (severity: IncidentSeverity) => void;
  hint?: string | undefined;
}) {
  return (
    <fieldset className="field">
      <legend>Severity {hint !== undefined && <span className="hint">{hint}</span>}</legend>
      <div className="list">
        {SEVERITY_NAMES.map((severity) => (
          <label className="li choice" key={severity}>
            <input type="radio" name="severity" value={severity} checked={severity === value} onChange={() => onChange(severity)} />
            <SeverityChip severity={severityOf(severity)} />
            <span className="grow">
              <b className="medium">{SEVERITY_WORDS[severity].name}</b> <span className="mute">{SEVERITY_WORDS[severity].meaning}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** What is open already: joining is often better than declaring again. */
function Similar({ incidents, alertId }: { incidents: readonly Incident[]; alertId: string | undefined }) {
  const navigate = useNavigate();
  const link = useAct((id: string) => api.incidents.linkAlert({ params: { id }, body: { alertId: alertId ?? '' } }), {
    renews: ['incidents', 'alerts'],
    after: ({ id }) => void navigate({ to: '/incidents/$id', params: { id } }),
  });
  if (incidents.length === 0) return null;
  return (
    <Panel title="Open already" end="is it one of these?">
      <ul className="plain">
        {incidents.map((incident) => (
          <li key={incident.id}>
            <span className="grow">
              <Link to="/incidents/$id" params={{ id: incident.id }} className="link">
                {incident.title}
              </Link>
              <br />
              <span className="mute sm">
                {incidentNumber(incident)} · {incident.severity} · for <Elapsed since={incident.impactStartedAt ?? incident.declaredAt} />
              </span>
            </span>
            {alertId !== undefined && (
              <Button busy={link.isPending} onClick={() => link.mutate(incident.id)}>
                Join it
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
