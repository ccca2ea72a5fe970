import { count, percent } from '../../../lib/words.ts';
import { BudgetCell } from '../../../ui/budget.tsx';
import { LevelChip, type Level } from '../../../ui/mark.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { levelOf, type Objective, windowWords } from '../objective-look.ts';

interface Row {
  name: string;
  left: number | null;
  level: Level | undefined;
  bad: number;
  valid: number;
}

const COLUMNS: Column<Row>[] = [
  { head: <span className="sr">Count</span>, cell: (row) => <b className="medium">{row.name}</b> },
  { head: 'Budget left', full: true, className: 'budget', cell: (row) => <BudgetCell leftRatio={row.left} level={row.level} /> },
  { head: 'Level', cell: (row) => <LevelChip level={row.level} /> },
  { head: 'Failed', right: true, phoneLabel: 'failed', cell: (row) => count(row.bad) },
  { head: 'Valid', right: true, phoneLabel: 'valid', cell: (row) => count(row.valid) },
];

/** The budget with its corrections and as it was counted. */
export function WithWithout({ objective }: { objective: Objective }) {
  const { asCounted, budget } = objective;
  if (asCounted === null) return null;
  const rows: Row[] = [
    { name: 'With corrections', left: budget.remainingRatio, level: levelOf(objective), bad: budget.badCount, valid: budget.validCount },
    { name: 'As counted', left: asCounted.remainingRatio, level: levelOf(asCounted), bad: asCounted.badCount, valid: asCounted.validCount },
  ];
  const gained =
    budget.remainingRatio === null || asCounted.remainingRatio === null ? undefined : budget.remainingRatio - asCounted.remainingRatio;
  return (
    <Panel
      title="With and without corrections"
      end={gained === undefined ? windowWords(objective.window) : `${percent(gained)} of the budget between them`}
      flush
    >
      <Table label="The budget with and without corrections" columns={COLUMNS} groups={[{ rows }]} rowKey={(row) => row.name} />
    </Panel>
  );
}
