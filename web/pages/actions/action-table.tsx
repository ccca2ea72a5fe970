import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { useMay } from '../../frame/session.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/overlay/menu.tsx';
import { type Column, type RowGroup, Table } from '../../ui/table.tsx';
import { incidentNumber } from '../incidents/incident-look.tsx';
import { type Action, ActionChip } from '../postmortems/postmortem-look.tsx';

/** A calendar date without a zone: read at noon so that no zone moves it to another day. */
export function DueDate({ due, overdue }: { due: string; overdue: boolean }) {
  const text = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${due}T12:00:00Z`),
  );
  return (
    <span className={overdue ? 'tx-orange nowrap' : 'nowrap'}>
      {text.replace(',', '')}
      {overdue && ', late'}
    </span>
  );
}

const TITLE: Column<Action> = { head: 'Action', className: 'medium', cell: (action) => action.title };

const FROM: Column<Action> = {
  head: 'From',
  className: 'nowrap',
  cell: (action) => (
    <Link to="/postmortems/$id" params={{ id: action.postmortemId }} className="mono sm" title={action.incident.title}>
      {incidentNumber(action.incident)}
    </Link>
  ),
};

const OWNER: Column<Action> = { head: 'Owner', className: 'nowrap', cell: (action) => action.owner?.name ?? 'nobody yet' };

const KIND: readonly Column<Action>[] = [
  { head: 'Kind', spare: true, className: 'soft', cell: (action) => action.kind },
  { head: 'Priority', spare: true, className: 'soft', cell: (action) => action.priority },
];

const REST: readonly Column<Action>[] = [
  { head: 'Due', cell: (action) => <DueDate due={action.due} overdue={action.overdue} /> },
  { head: 'State', cell: (action) => <ActionChip state={action.state} /> },
];

const CHANGE: Column<Action> = { head: <span className="sr">Change</span>, right: true, cell: (action) => <StateMenu action={action} /> };

interface ActionTableProps {
  actions: readonly Action[];
  groups?: readonly RowGroup<Action>[];
  withIncident?: boolean;
}

export function ActionTable({ actions, groups, withIncident = false }: ActionTableProps) {
  const may = useMay('responder');
  // In a document there is less room, and the incident goes without saying.
  const columns = [TITLE, ...(withIncident ? [FROM] : []), OWNER, ...(withIncident ? KIND : []), ...REST, ...(may ? [CHANGE] : [])];
  return <Table label="Actions" columns={columns} groups={groups ?? [{ rows: actions }]} rowKey={(action) => action.id} />;
}

const MOVES = [
  { state: 'in_progress', word: 'Start' },
  { state: 'done', word: 'Done' },
  { state: 'dropped', word: 'Drop' },
  { state: 'open', word: 'Open again' },
] as const;

function StateMenu({ action }: { action: Action }) {
  const move = useAct(
    (state: Action['state']) => api.postmortems.updateAction({ params: { id: action.id }, body: { state } }, { ifMatch: action.version }),
    { renews: ['postmortems'] },
  );
  return (
    <Menu trigger={<IconButton icon="more" label={`Change ${action.title}`} disabled={move.isPending} />}>
      {MOVES.filter((one) => one.state !== action.state).map((one) => (
        <MenuItem key={one.state} onSelect={() => move.mutate(one.state)}>
          {one.word}
        </MenuItem>
      ))}
    </Menu>
  );
}
