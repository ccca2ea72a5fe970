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
import { ActionBar, Button, buttonClass } from '../../ui/button.tsx';
import { Ladder } from '../../ui/ledger.tsx';
import { Chip } from '../../ui/mark.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';
import { Elapsed } from '../../ui/time/countdown.tsx';
import { Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';
import { AlertAside } from './alert-aside.tsx';
import { alertNumber, AlertSeverityChip, type PageDetail } from './alert-look.tsx';
import { AlertTimeline } from './alert-timeline.tsx';
import { useAcknowledge } from './acknowledge.ts';
import { BurnChart } from './burn-chart.tsx';
import { DeliveryPanel } from './delivery-panel.tsx';
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
  const isWaiting = page !== undefined && (page.state === 'open' || page.state === 'exhausted');
  return (
    <Page>
      <PageHead
        near
        above={<States alert={alert} page={page} />}
        title={alert.summary}
        lead={<Lead alert={alert} />}
        acts={
          <>
            {alert.state !== 'resolved' && (
              <Button onClick={acts.resolve} busy={acts.isResolving} className="no-phone">
                Resolve
              </Button>
            )}
            {acts.acknowledge === undefined && alert.state !== 'resolved' && acts.mayDeclare && (
              <Link to="/declare" search={{ alert: alert.id }} className={buttonClass({ kind: 'primary' }, 'no-phone')}>
                Declare
              </Link>
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
            <Panel title="What happens next" end={<span className="no-phone">{nextWords(page)}</span>}>
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
            <Link to="/declare" search={{ alert: alert.id }} className={buttonClass({ kind: 'primary' })}>
              Declare
            </Link>
            <Button onClick={acts.resolve} busy={acts.isResolving}>
              Resolve
            </Button>
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
      {alert.state === 'open' && (
        <Chip icon="clock">
          not acknowledged <Elapsed since={alert.openedAt} />
        </Chip>
      )}
      {alert.acknowledgedAt !== null && alert.state === 'acknowledged' && (
        <Chip tone="green" icon="check">
          acknowledged by {alert.acknowledgedBy ?? 'somebody'} <Time at={alert.acknowledgedAt} />
        </Chip>
      )}
      {alert.resolvedAt !== null && (
        <Chip tone="green" glyph="tick">
          over since <Time at={alert.resolvedAt} />
        </Chip>
      )}
      {page !== undefined && (
        <Why ask={page.state === 'open' || page.state === 'exhausted' ? 'Why this page?' : 'How did it end?'} reason={page.because} />
      )}
    </div>
  );
}

function Lead({ alert }: { alert: AlertDetail }) {
  return (
    <>
      Since <Time at={alert.startedAt} shape="auto-second" />, from {alert.source}
      {alert.service !== null && `, on ${alert.service.name}`}
      {alert.firingCount > 1 && `; ${alert.firingCount} signals`}.
    </>
  );
}

function nextWords(page: PageDetail): string {
  if (page.state === 'acknowledged') return `stopped: ${page.acknowledgedBy ?? 'somebody'} has it`;
  if (page.state === 'ended') return 'stopped: the alert is over';
  if (page.state === 'exhausted') return 'every step was tried; the fallback contact is alarmed';
  return 'until somebody acknowledges';
}
