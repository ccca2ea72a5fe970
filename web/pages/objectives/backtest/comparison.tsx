import { count, percent, targetPercent } from '../../../lib/words.ts';
import { type Column, Table } from '../../../ui/table.tsx';
import { Why } from '../../../ui/why.tsx';
import { shareWords } from '../explain/figures.ts';
import type { Backtest } from './past-chart.tsx';

interface Row {
  name: string;
  past: Backtest;
}

const COLUMNS: Column<Row>[] = [
  { head: <span className="sr">Terms</span>, cell: (row) => <b className="medium">{row.name}</b> },
  { head: 'Pages', right: true, phoneLabel: 'pages', cell: ({ past }) => count(past.pages) },
  { head: 'Tickets', right: true, phoneLabel: 'tickets', cell: ({ past }) => count(past.tickets) },
  { head: 'Detected', right: true, phoneLabel: 'detected', cell: ({ past }) => detectedWords(past) },
  { head: 'Achieved', right: true, phoneLabel: 'achieved', cell: ({ past }) => achieved(past) },
  { head: 'Left at the end', right: true, spare: true, cell: ({ past }) => leftAtEnd(past) },
  { head: 'Known', right: true, spare: true, className: 'mute', cell: ({ past }) => percent(past.counts.coverageRatio, 0) },
  {
    head: 'Recommended target',
    right: true,
    phoneLabel: 'recommended',
    cell: ({ past: { recommendation } }) => (
      <Why
        side="right"
        ask={recommendation.target === null ? '—' : targetPercent(recommendation.target)}
        title="Why this target"
        reason={recommendation.because}
      />
    ),
  },
];

/** Governing terms and those tried, side by side. */
export function Comparison({ governed, tried }: { governed: Backtest; tried: Backtest | undefined }) {
  const rows: Row[] = [{ name: 'Governing', past: governed }];
  if (tried !== undefined) rows.push({ name: 'Tried', past: tried });
  return <Table label="What would have paged" columns={COLUMNS} groups={[{ rows }]} rowKey={(row) => row.name} />;
}

function achieved({ recommendation: { achievedRatio } }: Backtest): string {
  return achievedRatio === null ? '—' : shareWords(achievedRatio);
}

function leftAtEnd({ series }: Backtest): string {
  const last = series.at(-1)?.remainingRatio;
  return last === undefined || last === null ? '—' : percent(last);
}

function detectedWords({ detections }: Backtest): string {
  if (detections.length === 0) return '—';
  const told = detections.filter((one) => one.pageAfterSeconds !== null || one.ticketAfterSeconds !== null).length;
  return `${told} of ${detections.length}`;
}
