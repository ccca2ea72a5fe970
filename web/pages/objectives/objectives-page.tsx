import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { type ReactNode, useState } from 'react';
import { usePaged } from '../../api/paged.ts';
import { Page } from '../../frame/page.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMay } from '../../frame/session.ts';
import { plural } from '../../lib/words.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { Empty, SkeletonRows } from '../../ui/note.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';

import { NewObjectiveDialog } from './new-objective-dialog.tsx';
import { type Objective, objectivesSentence, worstFirst } from './objective-look.ts';
import { ObjectiveTable } from './objective-table.tsx';

export function ObjectivesPage() {
  const search = useSearch({ from: '/frame/objectives' });
  const navigate = useNavigate({ from: '/objectives' });
  const list = usePaged(api.slo.listObjectives, { limit: 200 });
  const may = useMay('editor');
  const [isNew, setIsNew] = useState(false);
  const words = (search.find ?? '').toLowerCase();
  const shown = list.items?.filter((objective) =>
    `${objective.name} ${objective.slug} ${objective.service.name}`.toLowerCase().includes(words),
  );
  const create = may && (
    <Button kind="primary" icon="plus" onClick={() => setIsNew(true)}>
      New objective
    </Button>
  );
  return (
    <Page>
      <PageHead
        title="Objectives"
        lead={list.items === undefined ? '\u00a0' : objectivesSentence(list.items)}
        acts={
          <>
            <Segments
              label="Order"
              className="no-phone"
              value={search.by ?? 'worst'}
              onChange={(by) =>
                void navigate({ search: (before) => ({ ...before, by: by === 'service' ? by : undefined }), replace: true })
              }
              options={[
                { value: 'worst', label: 'Worst first' },
                { value: 'service', label: 'By service' },
              ]}
            />
            {create}
          </>
        }
      />
      <div className="row wrap filters">
        <label className="sr" htmlFor="objective-find">
          Filter objectives
        </label>
        <input
          id="objective-find"
          className="input find-in"
          placeholder="Filter by name or service"
          value={search.find ?? ''}
          onChange={(event) => void navigate({ search: (before) => ({ ...before, find: event.target.value || undefined }), replace: true })}
        />
        {list.items !== undefined && <span className="mute sm end no-phone">{plural(list.items.length, 'objective')}</span>}
      </div>
      <ProblemNote problem={list.result.error} what="Not loaded." />
      <Body shown={shown} isFiltered={words !== ''} by={search.by} pending={list.result.error === null} create={create} />
      {list.more !== undefined && (
        <p className="more">
          <Button onClick={list.more} busy={list.isLoadingMore}>
            Show more
          </Button>
        </p>
      )}
      <NewObjectiveDialog open={isNew} onClose={() => setIsNew(false)} />
    </Page>
  );
}

function Body(props: { shown: Objective[] | undefined; isFiltered: boolean; by: string | undefined; pending: boolean; create: ReactNode }) {
  const { shown, isFiltered } = props;
  if (shown === undefined) return props.pending ? <SkeletonRows rows={8} /> : null;
  if (shown.length === 0) {
    return isFiltered ? (
      <Empty title="No objective matches" />
    ) : (
      <Empty title="No objective yet" act={props.create}>
        <p>
          An objective says which share of requests must be good over a window: 99.9 % over 30 days. Nines counts, warns before the budget
          is gone, and says how fast it goes.
        </p>
      </Empty>
    );
  }
  return (
    <Panel flush>
      <ObjectiveTable groups={props.by === 'service' ? byService(shown) : worstFirst(shown)} />
    </Panel>
  );
}

function byService(objectives: readonly Objective[]) {
  const groups = [...Map.groupBy(objectives, (objective) => objective.service.slug).values()];
  return groups
    .toSorted((a, b) => (a[0]?.service.name ?? '').localeCompare(b[0]?.service.name ?? ''))
    .map((rows) => ({ title: rows[0]?.service.name ?? '', note: `tier ${rows[0]?.service.tier ?? ''}`, rows }));
}
