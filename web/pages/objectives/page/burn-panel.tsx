import { burn, capital, count, factor, knownShare, percent, plural } from '../../../lib/words.ts';
import { BurnBar } from '../../../ui/budget.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { alertingOf } from '../backtest/terms.ts';
import { Explained } from '../explain/explained.tsx';
import { burnFigure, FIGURE } from '../explain/figures.ts';
import { Why } from '../../../ui/why.tsx';
import { type Objective, windowWords } from '../objective-look.ts';

type Pair = Objective['pairs'][number];
type Window = Objective['burn'][number];

const VERDICT: Record<Pair['verdict'], { word: string; className: string }> = {
  firing: { word: 'firing', className: 'medium' },
  quiet: { word: 'quiet', className: 'mute' },
  frozen: { word: 'held: no data', className: 'soft' },
};

/** Both bars may pass the mark and the rule be quiet all the same: then what holds it stands there. */
const HELD: Record<string, string> = {
  too_few_bad: 'quiet: too few to tell',
  could_be_chance: 'quiet: could be chance',
  window_excluded: 'quiet: corrected',
};

function pairColumns({ slug, burn: windows }: Objective): Column<Pair>[] {
  /** What a window burns at; null where none of it was observed. */
  const rateOf = (window: string, rate: number) => (windows.find((one) => one.window === window)?.coverageRatio === 0 ? null : rate);
  return [
    {
      head: 'Rule',
      cell: (pair) => (
        <>
          <b className="medium">{factor(pair.factor)}</b> <span className="mute">{pair.severity}</span>
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
          <BurnBar rate={rateOf(pair.long, pair.longRate)} threshold={pair.factor} label={windowWords(pair.long)} />
          <BurnBar rate={rateOf(pair.short, pair.shortRate)} threshold={pair.factor} label={windowWords(pair.short)} short />
        </>
      ),
    },
    {
      head: 'Long',
      right: true,
      phoneLabel: 'long',
      cell: (pair) => <Rate slug={slug} window={pair.long} rate={rateOf(pair.long, pair.longRate)} />,
    },
    {
      head: 'Short',
      right: true,
      phoneLabel: 'short',
      cell: (pair) => <Rate slug={slug} window={pair.short} rate={rateOf(pair.short, pair.shortRate)} />,
    },
    { head: 'State', right: true, cell: (pair) => <State pair={pair} /> },
  ];
}

function State({ pair: { verdict, severity, because } }: { pair: Pair }) {
  const { word, className } = VERDICT[verdict];
  const tone = verdict === 'firing' ? (severity === 'page' ? 'tx-red' : 'tx-orange') : '';
  return (
    <Why
      side="right"
      ask={<span className={`${className} ${tone}`}>{verdict === 'quiet' ? (HELD[because.code] ?? word) : word}</span>}
      reason={because}
    />
  );
}

function Rate({ slug, window, rate }: { slug: string; window: string; rate: number | null }) {
  return (
    <Explained slug={slug} figure={burnFigure(window)} label={`burn over ${windowWords(window)}`}>
      {rate === null ? '—' : burn(rate)}
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
        <NoPairs objective={objective} />
      ) : (
        <Table
          label="Burn windows"
          columns={pairColumns(objective)}
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

/** An objective without rules of its own: its groups have them, or nothing alerts on burn. */
function NoPairs({ objective: { definition, groups } }: { objective: Objective }) {
  const alerting = alertingOf(definition);
  if (alerting['groups'] !== 'any' || alerting['preset'] === 'none') return <p className="pad mute">It alerts on no burn.</p>;
  const { count: total, paging, ticketing } = groups;
  return (
    <p className="pad">
      {paging === 0 ? 'No group pages' : `${count(paging)} of ${plural(total, 'group')} ${paging === 1 ? 'pages' : 'page'}`}
      {ticketing > 0 && `, ${plural(ticketing, 'has a ticket', 'have a ticket')}`}. Each is alerted on for itself.{' '}
      <a className="link" href="#groups">
        The groups
      </a>
    </p>
  );
}

/** A row of counts; the whole window of the budget has no burn of its own. */
type Row = Omit<Window, 'rate' | 'seconds'> & { rate: number | undefined };

function shareOf({ validCount, badCount }: Row): string {
  if (validCount === 0) return '—';
  return badCount === 0 ? percent(0, 0) : percent(badCount / validCount, badCount / validCount < 0.001 ? 3 : 2);
}

function windowColumns(slug: string): Column<Row>[] {
  return [
    {
      head: 'Window',
      cell: (row) => (
        <>
          {windowWords(row.window)} {row.rate === undefined && <span className="mute">budget</span>}
        </>
      ),
    },
    { head: 'Valid', right: true, phoneLabel: 'valid', cell: (row) => count(row.validCount) },
    { head: 'Failed', right: true, phoneLabel: 'failed', cell: (row) => count(row.badCount) },
    {
      head: 'Failed share',
      right: true,
      cell: (row) =>
        row.rate === undefined ? (
          <Explained slug={slug} figure={FIGURE.sli} label="good events">
            {shareOf(row)}
          </Explained>
        ) : (
          shareOf(row)
        ),
    },
    {
      head: 'Known',
      right: true,
      spare: true,
      className: 'mute',
      cell: (row) => {
        const known = knownShare(row.coverageRatio);
        if (row.rate !== undefined) return known;
        return (
          <Explained slug={slug} figure={FIGURE.coverage} label="what is known">
            {known}
          </Explained>
        );
      },
    },
    {
      head: 'Burn',
      right: true,
      phoneLabel: 'burn',
      cell: (row) =>
        row.rate === undefined ? null : <Rate slug={slug} window={row.window} rate={row.coverageRatio === 0 ? null : row.rate} />,
    },
  ];
}

/** The figures above, undivided: each window of the burn, and all that the budget covers. */
export function CountsPanel({ objective: { slug, burn: windows, budget, window } }: { objective: Objective }) {
  const rows: Row[] = [...windows.toSorted((a, b) => a.seconds - b.seconds), { ...budget, window, rate: undefined }];
  return (
    <Panel title="Counts" end="the figures above, undivided" flush>
      <Table
        plain
        label="Counts by window"
        columns={windowColumns(slug)}
        groups={[{ rows }]}
        rowKey={(row) => (row.rate === undefined ? 'budget' : row.window)}
      />
    </Panel>
  );
}
