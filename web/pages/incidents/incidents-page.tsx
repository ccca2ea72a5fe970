import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import { Page } from '../../frame/page.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { DeclareButton } from '../../frame/topbar.tsx';
import { ActionBar, Button, buttonClass, Segments } from '../../ui/button.tsx';
import { Empty, SkeletonRows } from '../../ui/note.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Due, Elapsed } from '../../ui/time/countdown.tsx';
import { Time } from '../../ui/time/time.tsx';
import { SeverityChip } from '../../ui/mark.tsx';
import { type Incident, incidentNumber, isOpen, personIn, PhaseChip, severityOf } from './incident-look.tsx';

const COLUMNS: Column<Incident>[] = [
  {
    head: 'Incident',
    cell: (incident) => (
      <>
        <Link to="/incidents/$id" params={{ id: incident.id }} className="medium">
          {incident.title}
        </Link>{' '}
        <span className="mono mute sm nowrap">{incidentNumber(incident)}</span>
      </>
    ),
  },
  { head: 'Severity', cell: (incident) => <SeverityChip severity={severityOf(incident.severity)} /> },
  { head: 'Phase', cell: (incident) => <PhaseChip phase={incident.phase} /> },
  {
    head: 'Services',
    spare: true,
    className: 'soft',
    cell: (incident) => incident.services.map((service) => service.name).join(', ') || '—',
  },
  {
    head: 'Commander',
    spare: true,
    className: 'soft nowrap',
    cell: (incident) => personIn(incident, 'commander')?.name ?? <span className="tx-orange">nobody</span>,
  },
  {
    head: 'Impact',
    right: true,
    phoneLabel: 'impact',
    className: 'nowrap',
    cell: (incident) => (
      <Elapsed since={incident.impactStartedAt ?? incident.declaredAt} until={incident.mitigatedAt ?? incident.resolvedAt} />
    ),
  },
  {
    head: 'Next update',
    right: true,
    spare: true,
    className: 'nowrap',
    cell: (incident) => (incident.nextUpdateAt === null ? '—' : <Due at={incident.nextUpdateAt} />),
  },
  { head: 'Declared', right: true, className: 'nowrap', cell: (incident) => <Time at={incident.declaredAt} /> },
];

export function IncidentsPage() {
  const { state } = useSearch({ from: '/frame/incidents' });
  const navigate = useNavigate({ from: '/incidents' });
  const list = usePaged(api.incidents.listIncidents, { state: 'all' as const, limit: 100 });
  const open = list.items?.filter(isOpen) ?? [];
  const over = list.items?.filter((incident) => !isOpen(incident)) ?? [];
  const groups = [
    { title: 'Open', note: open.length, rows: open },
    ...(state === 'open' ? [] : [{ title: 'Over', note: 'newest first', rows: over }]),
  ].filter((group) => group.rows.length > 0);
  return (
    <Page>
      <PageHead
        title="Incidents"
        lead={list.items === undefined ? '\u00a0' : openWords(open.length)}
        acts={
          <>
            <Segments
              label="State"
              value={state ?? 'all'}
              onChange={(next) => void navigate({ search: { state: next === 'open' ? 'open' : undefined }, replace: true })}
              options={[
                { value: 'all', label: 'All' },
                { value: 'open', label: 'Open' },
              ]}
            />
            <span className="no-phone">
              <DeclareButton />
            </span>
          </>
        }
      />
      <ProblemNote problem={list.result.error} what="Not loaded." />
      {list.items === undefined ? (
        list.result.error === null && <SkeletonRows rows={5} />
      ) : groups.length === 0 ? (
        <Empty title={state === 'open' ? 'No incident is open' : 'No incident yet'}>
          <p>
            Declare early: it costs two fields, names who commands, and starts the record and the clock for customers. Press C anywhere.
          </p>
        </Empty>
      ) : (
        <Panel flush>
          <Table label="Incidents" columns={COLUMNS} groups={groups} rowKey={(incident) => incident.id} />
        </Panel>
      )}
      {list.more !== undefined && (
        <p className="more">
          <Button onClick={list.more} busy={list.isLoadingMore}>
            Show more
          </Button>
        </p>
      )}
      <ActionBar>
        <Link to="/declare" className={buttonClass({ kind: 'primary' })}>
          Declare
        </Link>
      </ActionBar>
    </Page>
  );
}

function openWords(open: number): string {
  if (open === 0) return 'None is open.';
  return open === 1 ? 'One is open.' : `${open} are open.`;
}
