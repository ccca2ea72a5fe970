import { count, knownShare, targetPercent } from '../../../lib/words.ts';
import { type Column, Table } from '../../../ui/table.tsx';
import { Why } from '../../../ui/why.tsx';
import { FigureWhy } from '../explain/figure-body.tsx';
import { FIGURE, figureWords } from '../explain/figures.ts';
import type { Backtest } from './past-chart.tsx';

interface Row {
  name: string;
  past: Backtest;
  /** Whose terms they are; none for what is only tried. */
  version?: number;
}

const COLUMNS: Column<Row>[] = [
  { head: <span className="sr">Terms</span>, cell: (row) => <b className="medium">{row.name}</b> },
  { head: 'Pages', right: true, phoneLabel: 'pages', cell: ({ past }) => count(past.pages) },
  { head: 'Tickets', right: true, phoneLabel: 'tickets', cell: ({ past }) => count(past.tickets) },
  { head: 'Detected', right: true, phoneLabel: 'detected', cell: ({ past }) => detectedWords(past) },
  { head: 'Achieved', right: true, phoneLabel: 'achieved', cell: (row) => <PastFigure row={row} figure={FIGURE.achieved} /> },
  { head: 'Left at the end', right: true, spare: true, cell: (row) => <PastFigure row={row} figure={FIGURE.left} /> },
  { head: 'Known', right: true, spare: true, className: 'mute', cell: (row) => <PastFigure row={row} figure={FIGURE.known} /> },
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
export function Comparison({ governed, tried, version }: { governed: Backtest; tried: Backtest | undefined; version: number }) {
  const rows: Row[] = [{ name: 'Governing', past: governed, version }];
  if (tried !== undefined) rows.push({ name: 'Tried', past: tried });
  return <Table label="What would have paged" columns={COLUMNS} groups={[{ rows }]} rowKey={(row) => row.name} />;
}

/** A figure of a past that was lived again; it opens what it is made of. */
function PastFigure({ row: { past, version }, figure }: { row: Row; figure: string }) {
  const shown = past.figures.find((one) => one.figure === figure);
  return (
    <FigureWhy figures={past.figures} figure={figure} target={past.target} {...(version !== undefined && { version })}>
      {shown?.of === 'coverage' ? knownShare(shown.coverageRatio) : shown === undefined ? '—' : figureWords(shown)}
    </FigureWhy>
  );
}

function detectedWords({ detections }: Backtest): string {
  if (detections.length === 0) return '—';
  const told = detections.filter((one) => one.pageAfterSeconds !== null || one.ticketAfterSeconds !== null).length;
  return `${told} of ${detections.length}`;
}
