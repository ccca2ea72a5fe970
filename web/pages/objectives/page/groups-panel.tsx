import { api } from '../../../api/client.ts';
import type { Answer } from '../../../api/contracts.ts';
import { usePaged } from '../../../api/paged.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { burn, count, knownShare, plural } from '../../../lib/words.ts';
import { Button } from '../../../ui/button.tsx';
import { BudgetCell } from '../../../ui/budget.tsx';
import { Chip, LabelChips } from '../../../ui/mark.tsx';
import { SkeletonRows } from '../../../ui/note.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { Explained } from '../explain/explained.tsx';
import { burnFigure, FIGURE } from '../explain/figures.ts';
import { isSilent, type Objective, ratioLevel, windowWords } from '../objective-look.ts';

type Group = Answer<'slo', 'listGroups'>['items'][number];

const columnsOf = (objective: Objective): Column<Group>[] => [
  { head: 'Group', full: true, cell: (group) => <LabelChips labels={group.labels} /> },
  {
    head: 'Budget left',
    full: true,
    className: 'budget',
    cell: (group) => (
      <BudgetCell
        leftRatio={group.remainingRatio}
        level={ratioLevel(group.remainingRatio)}
        number={(text) => (
          <Explained slug={objective.slug} group={group.key} figure={FIGURE.left} label="the budget left of this group">
            {text}
          </Explained>
        )}
      />
    ),
  },
  {
    head: '1 h',
    right: true,
    phoneLabel: '1 h',
    cell: (group) => <Rate objective={objective} group={group} window="1h" rate={group.burn1h} />,
  },
  {
    head: '5 min',
    right: true,
    phoneLabel: '5 min',
    cell: (group) => <Rate objective={objective} group={group} window="5m" rate={group.burn5m} />,
  },
  { head: 'Failed', right: true, spare: true, cell: (group) => `${count(group.badCount)} of ${count(group.validCount)}` },
  { head: 'Known', right: true, spare: true, className: 'mute', cell: (group) => knownShare(group.coverageRatio) },
  {
    head: 'Alert',
    right: true,
    cell: (group) =>
      group.page !== null ? (
        <Chip tone="red">page</Chip>
      ) : group.ticket ? (
        <Chip tone="orange">ticket</Chip>
      ) : (
        <span className="mute">—</span>
      ),
  },
];

function Rate({ objective, group, window, rate }: { objective: Objective; group: Group; window: '1h' | '5m'; rate: number }) {
  if (group.coverageRatio === 0 || isSilent(objective)) return '—';
  return (
    <Explained
      slug={objective.slug}
      group={group.key}
      figure={burnFigure(window)}
      label={`the burn of this group over ${windowWords(window)}`}
    >
      {burn(rate)}
    </Explained>
  );
}

type Listing = Parameters<typeof usePaged<Group, { limit: number }>>[0];

function groupsOf(slug: string): Listing {
  return Object.assign<(...call: Parameters<Listing>) => ReturnType<Listing>, Pick<Listing, 'key'>>(
    ({ query }, options) => api.slo.listGroups({ params: { slug }, query }, options),
    { key: () => [...api.slo.listGroups.key(), slug] },
  );
}

/** The groups of an objective that is grouped, worst first. */
export function GroupsPanel({ objective }: { objective: Objective }) {
  const list = usePaged(groupsOf(objective.slug), { limit: 50 });
  return (
    <Panel title={`By ${objective.groups.by.join(', ')}`} end={`${plural(objective.groups.count, 'group')}, worst first`} flush>
      <ProblemNote problem={list.result.error} what="The groups were not loaded." />
      {list.items === undefined ? (
        <SkeletonRows rows={3} />
      ) : list.items.length === 0 ? (
        <p className="pad mute">No group was counted yet. Each combination of these labels gets a budget of its own once it is.</p>
      ) : (
        <Table label="Groups" columns={columnsOf(objective)} groups={[{ rows: list.items }]} rowKey={(group) => group.key} />
      )}
      {list.more !== undefined && (
        <div className="pad">
          <Button onClick={list.more} busy={list.isLoadingMore}>
            Show more
          </Button>
        </div>
      )}
    </Panel>
  );
}
