import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useAct } from '../../frame/act.ts';
import { useCrumb } from '../../frame/crumbs.tsx';
import { Loaded } from '../../frame/loaded.tsx';
import { Page, PagePending } from '../../frame/page.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMay, useMe } from '../../frame/session.ts';
import { useKeys } from '../../lib/keys.ts';
import { ActionBar, Button } from '../../ui/button.tsx';
import { Ladder } from '../../ui/ledger.tsx';
import { Glyph, Icon } from '../../ui/icons.tsx';
import type { ChipLook } from '../../ui/mark.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';
import { Elapsed } from '../../ui/time/countdown.tsx';
import { Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';
import { AlertAside, AlertLinks } from './alert-aside.tsx';
import { alertNumber, AlertSeverityChip, type PageDetail } from './alert-look.tsx';
import { AlertTimeline } from './alert-timeline.tsx';
import { useAcknowledge } from './acknowledge.ts';
import { type IncidentDetail, incidentNumber } from '../incidents/incident-look.tsx';
import { BurnChart } from './burn-chart.tsx';
import { DeliveryPanel } from './delivery-panel.tsx';
import { DeclareOrOpen, useLinkedIncident } from './linked-incident.tsx';
import { pageSteps } from './page-steps.ts';
import { ladderSteps } from './step-note.tsx';

export type AlertDetail = Answer<'alerts', 'getAlert'>;

/** The 3 a.m. page: acknowledge, what happens next, why me, what is known. */
export function AlertPage() {
  const { id } = useParams({ from: '/frame/alerts/$id' });
  const alert = useQuery(api.alerts.getAlert.query({ params: { id } }));
  return (
    <Loaded query={alert} pending={<PagePending />}>
      {(data) => <AlertBody alert={data} />}
    </Loaded>
  );
}

/** The newest page of an alert: one alert may have paged more than once. */
function usePageOf(alertId: string): PageDetail | undefined {
  const pages = useQuery(api.escalation.listPages.query({ query: { alert: alertId, state: 'all', limit: 1 } }));
  const id = pages.data?.items[0]?.id;
  const page = useQuery({ ...api.escalation.getPage.query({ params: { id: id ?? '' } }), enabled: id !== undefined });
  return page.data;
}

function AlertBody({ alert }: { alert: AlertDetail }) {
  useCrumb(alertNumber(alert), true);
  const me = useMe();
  const page = usePageOf(alert.id);
  const acts = useAlertActs(alert, page);
  const incident = useLinkedIncident(alert);
  // A burn alert ends by itself when the burn does.
  const mayResolve = alert.state !== 'resolved' && alert.source !== 'slo';
  const isWaiting = page !== undefined && (page.state === 'open' || page.state === 'exhausted');
  return (
    <Page>
      <PageHead
        near
        above={<States alert={alert} page={page} />}
        title={alert.summary}
        lead={<Lead alert={alert} incident={incident} />}
        acts={
          <>
            {mayResolve && (
              <Button onClick={acts.resolve} busy={acts.isResolving} className="no-phone">
                Resolve
              </Button>
            )}
            {acts.acknowledge === undefined && alert.state !== 'resolved' && acts.mayDeclare && incident !== undefined && (
              <DeclareOrOpen alert={alert} incident={incident} className="no-phone" />
            )}
            {acts.acknowledge !== undefined && (
              <Button kind="primary" hotkey="E" onClick={acts.acknowledge} busy={acts.isAcknowledging} className="no-phone">
                Acknowledge
              </Button>
            )}
          </>
        }
      />
      <ProblemNote problem={acts.problem} what="Not done." />
      <div className="cols wide">
        <div className="stack mid">
          {page !== undefined && (
            <Panel title={isWaiting ? 'What happens next' : 'Who was told'} end={<span className="no-phone">{nextWords(page)}</span>}>
              <Ladder steps={ladderSteps(pageSteps(page, me.id))} />
            </Panel>
          )}
          <BurnChart alert={alert} />
          {page !== undefined && <DeliveryPanel page={page} />}
          <AlertTimeline alert={alert} page={page} />
        </div>
        <AlertAside alert={alert} page={page} />
      </div>
      {acts.acknowledge !== undefined ? (
        <ActionBar>
          <Button kind="primary" onClick={acts.acknowledge} busy={acts.isAcknowledging}>
            Acknowledge
          </Button>
        </ActionBar>
      ) : (
        !isWaiting &&
        alert.state === 'acknowledged' && (
          <ActionBar>
            {incident !== undefined && <DeclareOrOpen alert={alert} incident={incident} />}
            {mayResolve && (
              <Button onClick={acts.resolve} busy={acts.isResolving}>
                Resolve
              </Button>
            )}
          </ActionBar>
        )
      )}
    </Page>
  );
}

function useAlertActs(alert: AlertDetail, page: PageDetail | undefined) {
  const may = useMay('responder');
  const take = useAcknowledge();
  const resolve = useAct(() => api.alerts.resolveAlert({ params: { id: alert.id } }), {
    renews: ['alerts', 'escalation'],
    said: () => 'The alert is over.',
  });
  const canTake = may && page !== undefined && (page.state === 'open' || page.state === 'exhausted');
  const acknowledge = canTake ? () => take.mutate(page.id) : undefined;
  useKeys(acknowledge === undefined ? [] : [{ keys: 'e', label: 'acknowledge this alert', group: 'This page', run: acknowledge }]);
  return {
    acknowledge,
    mayDeclare: may,
    isAcknowledging: take.isPending,
    resolve: () => resolve.mutate(undefined),
    isResolving: resolve.isPending,
    problem: take.error ?? resolve.error,
  };
}

function States({ alert, page }: { alert: AlertDetail; page: PageDetail | undefined }) {
  return (
    <div className="row wrap">
      <AlertSeverityChip severity={alert.severity} />
      <StateChip alert={alert} page={page} />
    </div>
  );
}

/** How the alert stands; it opens why the page went where it went, or how it ended. */
function StateChip({ alert, page }: { alert: AlertDetail; page: PageDetail | undefined }) {
  const look = stateLook(alert);
  if (page === undefined) return <span className={look.className}>{look.body}</span>;
  const isWaiting = page.state === 'open' || page.state === 'exhausted';
  return <Why chip={look} title={isWaiting ? 'Why this page' : 'How it ended'} reason={page.because} />;
}

function stateLook(alert: AlertDetail): ChipLook {
  if (alert.resolvedAt !== null) {
    return {
      className: 'chip green',
      body: (
        <>
          <Glyph name="tick" />
          over since <Time at={alert.resolvedAt} />
        </>
      ),
    };
  }
  if (alert.acknowledgedAt !== null && alert.state === 'acknowledged') {
    return {
      className: 'chip green',
      body: (
        <>
          <Icon name="check" />
          acknowledged by {alert.acknowledgedBy ?? 'somebody'} <Time at={alert.acknowledgedAt} />
        </>
      ),
    };
  }
  return {
    className: 'chip',
    body: (
      <>
        <Icon name="clock" />
        not acknowledged <Elapsed since={alert.openedAt} />
      </>
    ),
  };
}

function Lead({ alert, incident }: { alert: AlertDetail; incident: IncidentDetail | null | undefined }) {
  return (
    <>
      Since <Time at={alert.startedAt} shape="auto-second" />, from {alert.source === 'slo' ? 'its objective' : alert.source}
      {alert.service !== null && `, on ${alert.service.name}`}
      {alert.firingCount > 1 && `; ${alert.firingCount} signals`}.
      {incident !== null && incident !== undefined && (
        <>
          {' '}
          Part of{' '}
          <Link to="/incidents/$id" params={{ id: incident.id }} className="link">
            {incidentNumber(incident)}
          </Link>
          , {incident.severity}.
        </>
      )}
      <AlertLinks alert={alert} />
    </>
  );
}

function nextWords(page: PageDetail): string {
  if (page.state === 'acknowledged') return `stopped: ${page.acknowledgedBy ?? 'somebody'} has it`;
  if (page.state === 'ended') return 'stopped: the alert is over';
  if (page.state === 'exhausted') return 'every step was tried; the fallback contact is alarmed';
  return 'until somebody acknowledges';
}
