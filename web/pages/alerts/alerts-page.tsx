import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import { Page } from '../../frame/page.tsx';
import { plural } from '../../lib/words.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { PageHead } from '../../ui/panel.tsx';
import { SkeletonRows } from '../../ui/note.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { AlertTable } from './alert-table.tsx';
import { NoAlerts } from './no-alerts.tsx';
import type { Alert } from './alert-look.tsx';

const SEVERITIES = ['critical', 'warning', 'ticket'] as const;

export function AlertsPage() {
  const search = useSearch({ from: '/frame/alerts' });
  const severity = SEVERITIES.find((known) => known === search.severity);
  const list = usePaged(api.alerts.listAlerts, {
    state: search.state ?? ('open' as const),
    limit: 100,
    ...(severity !== undefined && { severity }),
    ...(search.service !== undefined && { service: search.service }),
  });
  const shown = useMemo(() => list.items?.filter((alert) => matches(alert, search.find ?? '')), [list.items, search.find]);
  const isFiltered = search.find !== undefined || search.severity !== undefined || search.service !== undefined;
  return (
    <Page>
      <PageHead title="Alerts" lead={list.items === undefined ? ' ' : summary(list.items)} />
      <Filters />
      <ProblemNote problem={list.result.error} what="Not loaded." />
      {shown === undefined ? (
        list.result.error === null && <SkeletonRows rows={6} />
      ) : shown.length === 0 ? (
        <NoAlerts isFiltered={isFiltered} all={search.state === 'all'} />
      ) : (
        <AlertTable alerts={shown} />
      )}
      {list.more !== undefined && (
        <p className="more">
          <Button onClick={list.more} busy={list.isLoadingMore}>
            Show more
          </Button>
        </p>
      )}
    </Page>
  );
}

function Filters() {
  const search = useSearch({ from: '/frame/alerts' });
  const navigate = useNavigate({ from: '/alerts' });
  const change = (next: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  return (
    <div className="row wrap filters">
      <label className="sr" htmlFor="alert-find">
        Filter alerts
      </label>
      <input
        id="alert-find"
        className="input find-in"
        placeholder="Filter by words, service, label"
        value={search.find ?? ''}
        onChange={(event) => change({ find: event.target.value === '' ? undefined : event.target.value })}
      />
      <Segments
        label="State"
        value={search.state ?? 'open'}
        onChange={(state) => change({ state: state === 'all' ? 'all' : undefined })}
        options={[
          { value: 'open', label: 'Open' },
          { value: 'all', label: 'All' },
        ]}
      />
      <Segments
        label="Severity"
        value={search.severity ?? 'any'}
        onChange={(severity) => change({ severity: severity === 'any' ? undefined : severity })}
        options={[{ value: 'any', label: 'Any' }, ...SEVERITIES.map((value) => ({ value, label: value }))]}
      />
      {search.service !== undefined && (
        <Button icon="cross" onClick={() => change({ service: undefined })}>
          {search.service}
        </Button>
      )}
    </div>
  );
}

function matches(alert: Alert, words: string): boolean {
  if (words === '') return true;
  const hay = [
    alert.summary,
    alert.key,
    alert.service?.name ?? '',
    `alr-${alert.number}`,
    ...Object.entries(alert.labels).map(([name, value]) => `${name}=${value}`),
  ]
    .join(' ')
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

function summary(alerts: readonly Alert[]): string {
  const open = alerts.filter((alert) => alert.state === 'open').length;
  const taken = alerts.filter((alert) => alert.state === 'acknowledged').length;
  if (open === 0 && taken === 0) return 'Nothing fires.';
  const waiting =
    open === 0 ? 'Every open alert has somebody on it' : `${plural(open, 'alert')} ${open === 1 ? 'waits' : 'wait'} for somebody`;
  return taken === 0 ? `${waiting}.` : `${waiting}; ${taken} acknowledged.`;
}
