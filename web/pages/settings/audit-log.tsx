import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { usePaged } from '../../api/paged.ts';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { Button } from '../../ui/button.tsx';
import { SkeletonRows } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';

type Row = Answer<'identity', 'listAudit'>['items'][number];

const COLUMNS: Column<Row>[] = [
  { head: 'When', className: 'nowrap', cell: (row) => <Time at={row.at} shape="auto-second" /> },
  { head: 'Who', className: 'nowrap', cell: (row) => row.actor.name },
  { head: 'What', cell: (row) => <span className="mono sm">{row.operation}</span> },
  { head: 'On', spare: true, cell: (row) => <span className="mono sm mute wrap-any">{row.subject}</span> },
  {
    head: 'Values',
    right: true,
    cell: (row) =>
      row.before === null && row.after === null ? null : (
        <Why ask="values" side="right" title={row.operation}>
          {row.before !== null && <pre className="values">− {JSON.stringify(row.before, null, 1)}</pre>}
          {row.after !== null && <pre className="values">+ {JSON.stringify(row.after, null, 1)}</pre>}
        </Why>
      ),
  },
];

/** Who changed what, newest first. */
export function AuditLog() {
  const list = usePaged(api.identity.listAudit, { limit: 100 });
  return (
    <>
      <ProblemNote problem={list.result.error} what="Not loaded." />
      {list.items === undefined ? (
        list.result.error === null && <SkeletonRows rows={8} />
      ) : (
        <Panel flush>
          <Table label="Audit log" columns={COLUMNS} groups={[{ rows: list.items }]} rowKey={(row) => row.id} />
        </Panel>
      )}
      {list.more !== undefined && (
        <p className="more">
          <Button onClick={list.more} busy={list.isLoadingMore}>
            Show more
          </Button>
        </p>
      )}
    </>
  );
}
