import { count, percent } from '../../../lib/words.ts';
import { BudgetCell } from '../../../ui/budget.tsx';
import { LevelChip, type Level } from '../../../ui/mark.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { Explained } from '../explain/explained.tsx';
import { asCounted, FIGURE } from '../explain/figures.ts';
import { levelOf, type Objective, windowWords } from '../objective-look.ts';

interface Row {
  name: string;
  isCounted: boolean;
  left: number | null;
  level: Level | undefined;
  bad: number;
  valid: number;
}

function columnsOf(slug: string): Column<Row>[] {
  const explained = (row: Row, figure: string, text: string) => (
    <Explained slug={slug} figure={row.isCounted ? asCounted(figure) : figure} label={`${text}, ${row.name.toLowerCase()}`}>
      {text}
    </Explained>
  );
  return [
    { head: <span className="sr">Count</span>, cell: (row) => <b className="medium">{row.name}</b> },
    {
      head: 'Budget left',
      full: true,
      className: 'budget',
      cell: (row) => <BudgetCell leftRatio={row.left} level={row.level} number={(text) => explained(row, FIGURE.left, text)} />,
    },
    { head: 'Level', cell: (row) => <LevelChip level={row.level} /> },
    { head: 'Failed', right: true, phoneLabel: 'failed', cell: (row) => explained(row, FIGURE.sli, count(row.bad)) },
    { head: 'Valid', right: true, phoneLabel: 'valid', cell: (row) => count(row.valid) },
  ];
}

/** The budget with its corrections and as it was counted. */
export function WithWithout({ objective }: { objective: Objective }) {
  const { asCounted: counted, budget } = objective;
  if (counted === null) return null;
  const rows: Row[] = [
    { name: 'With corrections', isCounted: false, left: budget.remainingRatio, level: levelOf(objective), ...amounts(budget) },
    { name: 'As counted', isCounted: true, left: counted.remainingRatio, level: levelOf(counted), ...amounts(counted) },
  ];
  const gained =
    budget.remainingRatio === null || counted.remainingRatio === null ? undefined : budget.remainingRatio - counted.remainingRatio;
  return (
    <Panel
      title="With and without corrections"
      end={gained === undefined ? windowWords(objective.window) : `${percent(gained)} of the budget between them`}
      flush
    >
      <Table
        label="The budget with and without corrections"
        columns={columnsOf(objective.slug)}
        groups={[{ rows }]}
        rowKey={(row) => row.name}
      />
    </Panel>
  );
}

function amounts({ badCount: bad, validCount: valid }: { badCount: number; validCount: number }) {
  return { bad, valid };
}
