import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { usePaged } from '../../api/paged.ts';
import { Page } from '../../frame/page.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMinute } from '../../lib/clock.ts';
import { isSameDay, startOfDay, useZone, writeTime, type Zone } from '../../lib/zone.ts';
import { Button } from '../../ui/button.tsx';
import type { IconName } from '../../ui/icons.tsx';
import { Chip } from '../../ui/mark.tsx';
import { Empty, SkeletonRows } from '../../ui/note.tsx';
import { PageHead, Panel, Section } from '../../ui/panel.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Length, Time } from '../../ui/time/time.tsx';
import { GateChip } from './gate-chip.tsx';

type Change = Answer<'changes', 'listChanges'>['items'][number];

const KINDS: Record<Change['kind'], IconName> = { deploy: 'up', config: 'settings', flag: 'split', migration: 'service', rollback: 'undo' };

const COLUMNS: Column<Change>[] = [
  { head: 'Time', className: 'nowrap', cell: (change) => <Time at={change.startedAt} shape="minute" /> },
  { head: 'Kind', cell: (change) => <Chip icon={KINDS[change.kind]}>{change.kind}</Chip> },
  {
    head: 'Change',
    cell: (change) => (
      <>
        <b className="medium">{change.service.name}</b> <span className="mono">{change.version}</span>{' '}
        <span className="soft">{change.summary}</span>{' '}
        {change.links.map((link) => (
          <a key={link.url} className="link sm" href={link.url} target="_blank" rel="noreferrer">
            {link.title}
          </a>
        ))}
      </>
    ),
    full: true,
  },
  {
    head: 'Labels',
    spare: true,
    cell: (change) => (
      <span className="row wrap labels">
        {change.labels.map((label) => (
          <Chip key={label} mono>
            {label}
          </Chip>
        ))}
      </span>
    ),
  },
  { head: 'By', className: 'soft nowrap', cell: (change) => (change.author === '' ? '—' : change.author) },
  {
    head: 'Took',
    right: true,
    className: 'nowrap',
    cell: (change) =>
      change.finishedAt === null ? (
        <span className="mute">runs</span>
      ) : (
        <Length ms={Date.parse(change.finishedAt) - Date.parse(change.startedAt)} />
      ),
  },
];

/** What changed, newest first, and whether more may change now. */
export function ChangesPage() {
  const { service } = useSearch({ from: '/frame/changes' });
  const navigate = useNavigate({ from: '/changes' });
  const where = useZone();
  const now = useMinute();
  const services = useQuery(api.catalog.listServices.query({ query: { limit: 200 } }));
  const list = usePaged(api.changes.listChanges, { limit: 100, ...(service !== undefined && { service }) });
  const shown = services.data?.items.filter((one) => service === undefined || one.slug === service) ?? [];
  return (
    <Page>
      <PageHead
        title="Changes"
        lead="Every deploy, flag and migration, beside what it may have caused."
        acts={
          service !== undefined && (
            <Button icon="cross" onClick={() => void navigate({ search: {} })}>
              {services.data?.items.find((one) => one.slug === service)?.name ?? service}
            </Button>
          )
        }
      />
      <div className="cols">
        <div className="stack mid">
          <ProblemNote problem={list.result.error} what="Not loaded." />
          {list.items === undefined ? (
            list.result.error === null && <SkeletonRows rows={8} />
          ) : list.items.length === 0 ? (
            <FirstChange service={service ?? services.data?.items[0]?.slug} />
          ) : (
            <Panel flush>
              <Table label="Changes" columns={COLUMNS} groups={byDay(list.items, now, where)} rowKey={(change) => change.id} />
            </Panel>
          )}
          {list.more !== undefined && (
            <p>
              <Button onClick={list.more} busy={list.isLoadingMore}>
                Show more
              </Button>
            </p>
          )}
        </div>
        <aside className="side" aria-label="Gate">
          <Section title="May it change now?">
            <ul className="plain">
              {shown.map((one) => (
                <li key={one.slug} className="middle">
                  <Link to="/changes" search={{ service: one.slug }} className="grow">
                    {one.name}
                  </Link>
                  <GateChip slug={one.slug} />
                </li>
              ))}
              {shown.length === 0 && <li className="mute">No service yet.</li>}
            </ul>
          </Section>
        </aside>
      </div>
    </Page>
  );
}

function byDay(changes: readonly Change[], now: number, where: Zone) {
  const days = Map.groupBy(changes, (change) => startOfDay(Date.parse(change.startedAt), where));
  return [...days].map(([day, rows]) => ({
    title: isSameDay(day, now, where) ? 'Today' : writeTime(day + 43_200_000, 'date', where),
    note: rows.length,
    rows,
  }));
}

function FirstChange({ service }: { service: string | undefined }) {
  const snippet = `curl -X POST ${location.origin}/api/v1/changes \\
  -H 'Authorization: Bearer YOUR_API_KEY' -H 'Content-Type: application/json' \\
  -d '{"service":"${service ?? 'checkout'}","kind":"deploy","version":"2026.47.3","author":"release train"}'`;
  return (
    <Empty title="No change recorded yet" snippet={snippet} wait="waiting for the first change…">
      <p>One line at the end of a deploy is enough. From then on, incidents list what changed before they began.</p>
    </Empty>
  );
}
