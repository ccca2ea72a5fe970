import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import { Page } from '../../frame/page.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMe } from '../../frame/session.ts';
import { plural } from '../../lib/words.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { Empty, SkeletonRows } from '../../ui/note.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';
import type { Action } from '../postmortems/postmortem-look.tsx';
import { ActionTable } from './action-table.tsx';

/** What was promised after incidents, soonest due first. */
export function ActionsPage() {
  const me = useMe();
  const search = useSearch({ from: '/frame/actions' });
  const navigate = useNavigate({ from: '/actions' });
  const list = usePaged(api.postmortems.listActions, {
    limit: 100,
    state: search.state ?? ('open' as const),
    ...(search.mine === true && { owner: me.id }),
  });
  return (
    <Page>
      <PageHead
        title="Actions"
        lead={list.items === undefined ? '\u00a0' : sentence(list.items)}
        acts={
          <>
            <Segments
              label="Owner"
              value={search.mine === true ? 'mine' : 'all'}
              onChange={(whose) =>
                void navigate({ search: (before) => ({ ...before, mine: whose === 'mine' ? true : undefined }), replace: true })
              }
              options={[
                { value: 'all', label: 'Everybody’s' },
                { value: 'mine', label: 'Mine' },
              ]}
            />
            <Segments
              label="State"
              value={search.state ?? 'open'}
              onChange={(state) =>
                void navigate({ search: (before) => ({ ...before, state: state === 'all' ? 'all' : undefined }), replace: true })
              }
              options={[
                { value: 'open', label: 'Open' },
                { value: 'all', label: 'All' },
              ]}
            />
          </>
        }
      />
      <ProblemNote problem={list.result.error} what="Not loaded." />
      {list.items === undefined ? (
        list.result.error === null && <SkeletonRows rows={5} />
      ) : list.items.length === 0 ? (
        <Empty title="No action is open">
          <p>Actions come from postmortems. Each has one owner and one date.</p>
        </Empty>
      ) : (
        <Panel flush>
          <ActionTable actions={list.items} groups={groupsOf(list.items)} withIncident />
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

function groupsOf(actions: readonly Action[]) {
  const isOpen = (action: Action) => action.state === 'open' || action.state === 'in_progress';
  return [
    { title: 'Late', note: 'past their date', rows: actions.filter((action) => action.overdue) },
    { title: 'Open', note: 'soonest due first', rows: actions.filter((action) => !action.overdue && isOpen(action)) },
    { title: 'Closed', note: '', rows: actions.filter((action) => !action.overdue && !isOpen(action)) },
  ].filter((group) => group.rows.length > 0);
}

function sentence(actions: readonly Action[]): string {
  const late = actions.filter((action) => action.overdue).length;
  if (actions.length === 0) return 'Nothing is promised.';
  return late === 0 ? `${plural(actions.length, 'action')}, none late.` : `${plural(actions.length, 'action')}, ${late} late.`;
}
