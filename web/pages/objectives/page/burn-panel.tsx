import { burn, capital, count, percent } from '../../../lib/words.ts';
import { BurnBar } from '../../../ui/budget.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { Explained } from '../explain/explained.tsx';
import { burnFigure } from '../explain/figures.ts';
import { Why } from '../../../ui/why.tsx';
import { type Objective, windowWords } from '../objective-look.ts';

type Pair = Objective['pairs'][number];
type Window = Objective['burn'][number];

const VERDICT: Record<Pair['verdict'], { word: string; className: string }> = {
  firing: { word: 'firing', className: 'medium' },
  quiet: { word: 'quiet', className: 'mute' },
  frozen: { word: 'held: no data', className: 'soft' },
};

function pairColumns(slug: string): Column<Pair>[] {
  return [
    {
      head: 'Rule',
      cell: (pair) => (
        <>
          <b className="medium">{pair.factor}×</b> <span className="mute">{pair.severity}</span>
        </>
      ),
    },
    { head: 'Windows', className: 'nowrap soft', cell: (pair) => `${windowWords(pair.long)} · ${windowWords(pair.short)}` },
    {
      head: 'Burn against threshold',
      full: true,
      className: 'bars',
      cell: (pair) => (
        <>
          <BurnBar rate={pair.longRate} threshold={pair.factor} label={windowWords(pair.long)} />
          <BurnBar rate={pair.shortRate} threshold={pair.factor} label={windowWords(pair.short)} short />
        </>
      ),
    },
    { head: 'Long', right: true, phoneLabel: 'long', cell: (pair) => <Rate slug={slug} window={pair.long} rate={pair.longRate} /> },
    { head: 'Short', right: true, phoneLabel: 'short', cell: (pair) => <Rate slug={slug} window={pair.short} rate={pair.shortRate} /> },
    {
      head: 'State',
      right: true,
      cell: (pair) => (
        <Why
          side="right"
          ask={
            <span
              className={`${VERDICT[pair.verdict].className} ${pair.verdict === 'firing' ? (pair.severity === 'page' ? 'tx-red' : 'tx-orange') : ''}`}
            >
              {VERDICT[pair.verdict].word}
            </span>
          }
          reason={pair.because}
        />
      ),
    },
  ];
}

function Rate({ slug, window, rate }: { slug: string; window: string; rate: number }) {
  return (
    <Explained slug={slug} figure={burnFigure(window)} label={`burn over ${windowWords(window)}`}>
      {burn(rate)}
    </Explained>
  );
}

/** The rules: two windows each, and both must pass the mark. */
export function BurnPanel({ objective }: { objective: Objective }) {
  return (
    <Panel
      title="Burn windows"
      end={<span className="no-phone">both must pass the mark; log scale 0.1× to 1000×</span>}
      flush
      className="wins"
    >
      {objective.pairs.length === 0 ? (
        <p className="pad mute">It alerts on no burn.</p>
      ) : (
        <Table
          label="Burn windows"
          columns={pairColumns(objective.slug)}
          groups={[{ rows: objective.pairs }]}
          rowKey={(pair) => `${pair.long} ${pair.factor}`}
        />
      )}
      {objective.leftOut.length > 0 && (
        <ul className="plain pad left-out">
          {objective.leftOut.map((pair) => (
            <li key={`${pair.long} ${pair.factor}`} className="mute sm">
              <span className="nowrap">
                Left out: {pair.severity} over {windowWords(pair.long)} · {windowWords(pair.short)}
              </span>
              <span>{capital(pair.because.text)}.</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function windowColumns(slug: string): Column<Window>[] {
  return [
    { head: 'Window', cell: (window) => windowWords(window.window) },
    { head: 'Valid', right: true, phoneLabel: 'valid', cell: (window) => count(window.validCount) },
    { head: 'Failed', right: true, phoneLabel: 'failed', cell: (window) => count(window.badCount) },
    {
      head: 'Failed share',
      right: true,
      cell: (window) =>
        window.validCount === 0 ? '—' : percent(window.badCount / window.validCount, window.badCount / window.validCount < 0.001 ? 3 : 2),
    },
    { head: 'Known', right: true, spare: true, className: 'mute', cell: (window) => percent(window.coverageRatio, 0) },
    { head: 'Burn', right: true, phoneLabel: 'burn', cell: (window) => <Rate slug={slug} window={window.window} rate={window.rate} /> },
  ];
}

/** The figures above, undivided. */
export function CountsPanel({ objective }: { objective: Objective }) {
  return (
    <Panel title="Counts" end="the figures above, undivided" flush>
      <Table
        plain
        label="Counts by window"
        columns={windowColumns(objective.slug)}
        groups={[{ rows: objective.burn.toSorted((a, b) => a.seconds - b.seconds) }]}
        rowKey={(window) => window.window}
      />
    </Panel>
  );
}
