import { Link } from '@tanstack/react-router';
import { burn, targetPercent } from '../../lib/words.ts';
import { BudgetCell } from '../../ui/budget.tsx';
import { Sparkline } from '../../ui/chart/sparkline.tsx';
import { type Column, type RowGroup, Table } from '../../ui/table.tsx';
import { Explained } from './explain/explained.tsx';
import { burnFigure, FIGURE } from './explain/figures.ts';
import { LevelWhy } from './level-why.tsx';
import { heatOf, levelOf, type Objective, rateOver, runsOut, windowWords } from './objective-look.ts';

const NAME: Column<Objective> = {
  head: 'Objective',
  cell: (objective) => (
    <Link to="/objectives/$slug" params={{ slug: objective.slug }} className="medium">
      {objective.name}
    </Link>
  ),
};

const NAME_AND_TARGET: Column<Objective> = {
  head: 'Objective',
  cell: (objective) => (
    <>
      <Link to="/objectives/$slug" params={{ slug: objective.slug }} className="medium">
        {objective.name}
      </Link>{' '}
      <span className="mute sm nowrap">
        {targetPercent(objective.target)} · {windowWords(objective.window)}
      </span>
    </>
  ),
};

const TARGET: Column<Objective> = {
  head: 'Target',
  className: 'soft nowrap',
  cell: (objective) => `${targetPercent(objective.target)} · ${windowWords(objective.window)}`,
};

const SERVICE: Column<Objective> = { head: 'Service', spare: true, className: 'soft', cell: (objective) => objective.service.name };

const LEFT: Column<Objective> = {
  head: 'Budget left',
  full: true,
  className: 'budget',
  cell: (objective) => (
    <BudgetCell
      leftRatio={objective.budget.remainingRatio}
      level={levelOf(objective)}
      absent={objective.firstObservedAt === null ? 'no data yet' : 'no data'}
      number={(text) => (
        <Explained slug={objective.slug} figure={FIGURE.left} label={`budget left of ${objective.name}`}>
          {text}
        </Explained>
      )}
    />
  ),
};

const LEVEL: Column<Objective> = {
  head: 'Level',
  cell: (objective) => (
    <>
      <LevelWhy objective={objective} />{' '}
      {objective.state === 'no_data' && objective.level !== 'no_data' && <span className="chip">no data</span>}
    </>
  ),
};

function burnColumn(window: string, spare: boolean): Column<Objective> {
  return {
    head: windowWords(window),
    right: true,
    spare,
    phoneLabel: windowWords(window),
    cell: (objective) => {
      const rate = rateOver(objective, window);
      if (rate === undefined) return '—';
      return (
        <Explained slug={objective.slug} figure={burnFigure(window)} label={`burn over ${windowWords(window)} of ${objective.name}`}>
          <Rate rate={rate} heat={heatOf(objective, window)} />
        </Explained>
      );
    },
  };
}

function Rate({ rate, heat }: { rate: number; heat: 'page' | 'ticket' | undefined }) {
  if (heat === undefined) return <>{burn(rate)}</>;
  return <b className={heat === 'page' ? 'tx-red' : 'tx-orange'}>{burn(rate)}</b>;
}

const RUNS_OUT: Column<Objective> = {
  head: 'Runs out',
  right: true,
  className: 'nowrap',
  phoneLabel: 'runs out',
  cell: (objective) => {
    const text = runsOut(objective);
    if (text === '—') return text;
    return (
      <Explained slug={objective.slug} figure={FIGURE.forecast} label={`when the budget of ${objective.name} runs out`}>
        {text}
      </Explained>
    );
  },
};

const TREND: Column<Objective> = {
  head: 'Trend',
  right: true,
  spare: true,
  cell: (objective) =>
    objective.level === 'no_data' ? null : (
      <Sparkline values={objective.trend} label={`${objective.name}, budget left over ${windowWords(objective.window)}`} />
    ),
};

const ALL = [NAME, TARGET, SERVICE, LEFT, LEVEL, burnColumn('1h', false), burnColumn('6h', true), burnColumn('3d', true), RUNS_OUT, TREND];
const SHORT = [NAME_AND_TARGET, LEFT, LEVEL, burnColumn('1h', false), RUNS_OUT, TREND];

const LONG = 150;

export function ObjectiveTable({ groups, short = false }: { groups: readonly RowGroup<Objective>[]; short?: boolean }) {
  const rows = groups.reduce((sum, group) => sum + group.rows.length, 0);
  return <Table label="Objectives" columns={short ? SHORT : ALL} groups={groups} rowKey={(objective) => objective.id} long={rows > LONG} />;
}
