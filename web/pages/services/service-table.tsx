import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { IconButton } from '../../ui/button.tsx';
import { Chip, LevelChip, SeverityChip } from '../../ui/mark.tsx';
import { Panel } from '../../ui/panel.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { GateChip } from '../changes/gate-chip.tsx';
import { incidentNumber, severityOf } from '../incidents/incident-look.tsx';
import { levelOf } from '../objectives/objective-look.ts';
import type { Service } from './services-page.tsx';

const COLUMNS: readonly Column<Service>[] = [
  {
    head: 'Service',
    cell: (service) => (
      <>
        <Link to="/changes" search={{ service: service.slug }} className="medium">
          {service.name}
        </Link>{' '}
        <span className="mono mute sm">{service.slug}</span>
      </>
    ),
  },
  { head: 'Owner', className: 'soft nowrap', cell: (service) => service.owner },
  { head: 'Objectives', cell: (service) => <Objectives slug={service.slug} /> },
  { head: 'Incident', cell: (service) => <OpenIncident slug={service.slug} /> },
  { head: 'Changes', spare: true, cell: (service) => <GateChip slug={service.slug} /> },
  {
    head: 'Status page',
    spare: true,
    cell: (service) => (service.public ? <Chip icon="globe">public</Chip> : <span className="mute">internal</span>),
  },
];

function editColumn(onEdit: (service: Service) => void): Column<Service> {
  return {
    head: <span className="sr">Edit</span>,
    right: true,
    cell: (service) => <IconButton icon="edit" label={`Edit ${service.name}`} onClick={() => onEdit(service)} />,
  };
}

/** The catalog, by tier, with what is open and how the budgets stand. */
export function ServiceTable({ services, onEdit }: { services: readonly Service[]; onEdit: ((service: Service) => void) | undefined }) {
  const groups = [1, 2, 3, 4]
    .map((tier) => ({ title: `Tier ${tier}`, note: TIERS[tier], rows: services.filter((service) => service.tier === tier) }))
    .filter((group) => group.rows.length > 0);
  const columns = onEdit === undefined ? COLUMNS : [...COLUMNS, editColumn(onEdit)];
  return (
    <Panel flush>
      <Table label="Services" columns={columns} groups={groups} rowKey={(service) => service.id} />
    </Panel>
  );
}

const TIERS: Record<number, string> = { 1: 'critical', 2: 'important', 3: 'useful', 4: 'best effort' };

function Objectives({ slug }: { slug: string }) {
  const objectives = useQuery(api.slo.listObjectives.query({ query: { limit: 200 } }));
  const mine = objectives.data?.items.filter((objective) => objective.service.slug === slug);
  if (mine === undefined) return null;
  if (mine.length === 0) return <span className="mute">none</span>;
  return (
    <span className="row wrap labels">
      {mine.slice(0, 3).map((objective) => (
        <Link key={objective.id} to="/objectives/$slug" params={{ slug: objective.slug }} title={objective.name}>
          <LevelChip level={levelOf(objective)} />
        </Link>
      ))}
      {mine.length > 3 && <span className="mute sm">and {mine.length - 3} more</span>}
    </span>
  );
}

function OpenIncident({ slug }: { slug: string }) {
  const open = useQuery(api.incidents.listIncidents.query({ query: { state: 'open', limit: 100 } }));
  const incident = open.data?.items.find((one) => one.services.some((service) => service.slug === slug));
  if (incident === undefined) return <span className="mute no-phone">—</span>;
  return (
    <Link to="/incidents/$id" params={{ id: incident.id }} className="row labels">
      <SeverityChip severity={severityOf(incident.severity)} />
      <span className="mono sm">{incidentNumber(incident)}</span>
    </Link>
  );
}
