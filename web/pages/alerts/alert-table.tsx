import { Link } from '@tanstack/react-router';
import { count } from '../../lib/words.ts';
import { Panel } from '../../ui/panel.tsx';
import { type Column, type RowGroup, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time/time.tsx';
import { type Alert, alertNumber, AlertSeverityChip, sourceWord } from './alert-look.tsx';

const COLUMNS: Column<Alert>[] = [
  {
    head: 'Alert',
    className: 'name',
    cell: (alert) => (
      <>
        <Link to="/alerts/$id" params={{ id: alert.id }} className="medium">
          {alert.summary}
        </Link>{' '}
        <span className="mono mute sm nowrap">{alertNumber(alert)}</span>
      </>
    ),
  },
  { head: 'Severity', cell: (alert) => <AlertSeverityChip severity={alert.severity} /> },
  {
    head: 'Service',
    className: 'soft nowrap',
    cell: (alert) =>
      alert.service === null ? (
        <span className="mute no-phone">—</span>
      ) : (
        <Link to="/alerts" search={{ service: alert.service.slug }}>
          {alert.service.name}
        </Link>
      ),
  },
  { head: 'Source', spare: true, className: 'mute nowrap', cell: (alert) => sourceWord(alert.source) },
  { head: 'Signals', right: true, spare: true, cell: (alert) => count(alert.firingCount) },
  { head: 'Opened', right: true, className: 'nowrap', cell: (alert) => <Time at={alert.openedAt} /> },
  {
    head: 'Taken by',
    right: true,
    className: 'nowrap',
    cell: (alert) =>
      alert.state === 'resolved' && alert.resolvedAt !== null ? (
        <span className="mute">
          over <Time at={alert.resolvedAt} />
        </span>
      ) : (
        (alert.acknowledgedBy ?? <span className="tx-orange">nobody</span>)
      ),
  },
];

const GROUPS = [
  { state: 'open', title: 'Not acknowledged' },
  { state: 'acknowledged', title: 'Acknowledged' },
  { state: 'resolved', title: 'Over' },
] as const;

export function AlertTable({ alerts }: { alerts: readonly Alert[] }) {
  const groups = GROUPS.flatMap(({ state, title }): RowGroup<Alert>[] => {
    const rows = alerts.filter((alert) => alert.state === state);
    return rows.length === 0 ? [] : [{ title, note: rows.length, rows }];
  });
  return (
    <Panel flush>
      <Table label="Alerts" columns={COLUMNS} groups={groups} rowKey={(alert) => alert.id} />
    </Panel>
  );
}
