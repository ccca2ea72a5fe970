import { Link, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import { Page } from '../../frame/page.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, SkeletonRows } from '../../ui/note.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Due } from '../../ui/time/countdown.tsx';
import { Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';
import { incidentNumber } from '../incidents/incident-look.tsx';
import { type Postmortem, PostmortemChip, SeverityWord } from './postmortem-look.tsx';

const COLUMNS: Column<Postmortem>[] = [
  {
    head: 'Postmortem',
    cell: (postmortem) => (
      <Link to="/postmortems/$id" params={{ id: postmortem.id }} className="medium">
        {postmortem.title}
      </Link>
    ),
  },
  {
    head: 'Incident',
    className: 'nowrap',
    cell: (postmortem) => (
      <span className="row labels">
        <SeverityWord severity={postmortem.incident.severity} />
        <Link to="/incidents/$id" params={{ id: postmortem.incident.id }} className="mono sm">
          {incidentNumber(postmortem.incident)}
        </Link>
      </span>
    ),
  },
  { head: 'State', cell: (postmortem) => <PostmortemChip state={postmortem.state} /> },
  {
    head: 'Asked for',
    spare: true,
    cell: (postmortem) => <Why ask={postmortem.required ? 'required' : 'optional'} reasons={postmortem.requiredBecause} />,
  },
  { head: 'Open actions', right: true, phoneLabel: 'open actions', cell: (postmortem) => postmortem.openActions },
  {
    head: 'Due',
    right: true,
    className: 'nowrap',
    cell: (postmortem) => (postmortem.state === 'published' ? <span className="mute">—</span> : <Due at={postmortem.dueAt} />),
  },
  { head: 'Begun', right: true, spare: true, className: 'nowrap', cell: (postmortem) => <Time at={postmortem.createdAt} shape="day" /> },
];

export function PostmortemsPage() {
  const { incident } = useSearch({ from: '/frame/postmortems' });
  const list = usePaged(api.postmortems.listPostmortems, { limit: 100, ...(incident !== undefined && { incident }) });
  const open = list.items?.filter((postmortem) => postmortem.state !== 'published') ?? [];
  const published = list.items?.filter((postmortem) => postmortem.state === 'published') ?? [];
  const groups = [
    { title: 'To be finished', note: open.length, rows: open },
    { title: 'Published', note: '', rows: published },
  ].filter((group) => group.rows.length > 0);
  return (
    <Page>
      <PageHead title="Postmortems" lead="What made it possible, and what makes it less likely. Conditions, not people." />
      <ProblemNote problem={list.result.error} what="Not loaded." />
      {list.items === undefined ? (
        list.result.error === null && <SkeletonRows rows={4} />
      ) : groups.length === 0 ? (
        <Empty title={incident === undefined ? 'No postmortem yet' : 'None for this incident'}>
          <p>A draft is made by itself when an incident that asks for one is resolved. Its timeline, impact and budget are filled in.</p>
        </Empty>
      ) : (
        <Panel flush>
          <Table label="Postmortems" columns={COLUMNS} groups={groups} rowKey={(postmortem) => postmortem.id} />
        </Panel>
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
