import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useCrumb } from '../../frame/crumbs.tsx';
import { Loaded } from '../../frame/loaded.tsx';
import { Page, PagePending } from '../../frame/page.tsx';
import { burn, count, duration, percent, targetPercent } from '../../lib/words.ts';
import { Empty } from '../../ui/note.tsx';
import { Figure, Figures, PageHead } from '../../ui/panel.tsx';
import type { SumRow } from '../../ui/why.tsx';
import { Why } from '../../ui/why.tsx';
import { BudgetPanel } from './budget-panel.tsx';
import { BurnPanel, CountsPanel } from './burn-panel.tsx';
import { LevelWhy } from './level-why.tsx';
import { heatOf, type Objective, rateOver, windowWords } from './objective-look.ts';
import { ObjectiveAside } from './objective-aside.tsx';

export function ObjectivePage() {
  const { slug } = useParams({ from: '/frame/objectives/$slug' });
  const objective = useQuery(api.slo.getObjective.query({ params: { slug } }));
  return (
    <Loaded query={objective} pending={<PagePending />}>
      {(data) => <ObjectiveBody objective={data} />}
    </Loaded>
  );
}

function ObjectiveBody({ objective }: { objective: Objective }) {
  useCrumb(objective.name);
  const isDark = objective.firstObservedAt === null;
  return (
    <Page>
      <PageHead near title={objective.name} beside={<LevelWhy objective={objective} />} lead={<Lead objective={objective} />} />
      {isDark ? <FirstCounts objective={objective} /> : <Numbers objective={objective} />}
      <div className="cols wide">
        <div className="stack mid">
          {!isDark && <BudgetPanel objective={objective} />}
          <BurnPanel objective={objective} />
          <CountsPanel objective={objective} />
        </div>
        <ObjectiveAside objective={objective} />
      </div>
    </Page>
  );
}

function Lead({ objective }: { objective: Objective }) {
  const { description, service, target, window, version } = objective;
  const goal = `${targetPercent(target)} over ${windowWords(window)}`;
  const about = `${service.name}, tier ${service.tier} · version ${version}`;
  return (
    <>
      {description === '' ? `${targetPercent(target)} of events are good, over ${windowWords(window)}.` : description}{' '}
      <span className="mute">{description === '' ? about : `${goal} · ${about}`}</span>
    </>
  );
}

function Numbers({ objective }: { objective: Objective }) {
  const { budget, exhaustsInSeconds } = objective;
  const left = budget.remainingRatio;
  const rate = rateOver(objective, '1h');
  const mayFail = Math.floor(budget.allowedBadCount - budget.badCount);
  const [out, unit] = outWords(exhaustsInSeconds);
  return (
    <Figures dock>
      <Figure
        label="Budget left"
        value={left === null ? '—' : percent(left).replace('\u00a0%', '')}
        {...(left !== null && { unit: '%' })}
        hot={left !== null && left < 0}
        explain={
          <Why
            ask="explain"
            title={left === null ? 'Why there is no number' : `How ${percent(left)} is made`}
            sum={budgetSum(objective)}
            foot={budgetFoot(objective)}
          />
        }
      />
      <Figure label={mayFail < 0 ? 'Failed too many' : 'May still fail'} value={count(Math.abs(mayFail))} hot={mayFail < 0} />
      <Figure label="Burn, 1 h" value={rate === undefined ? '—' : burn(rate)} hot={heatOf(objective, '1h') === 'page'} />
      <Figure
        label="Runs out at this burn"
        value={left !== null && left <= 0 ? 'spent' : out}
        {...(unit !== undefined && !(left !== null && left <= 0) && { unit })}
      />
    </Figures>
  );
}

/** `49` and `min` apart, to be set in two sizes; a longer text stays whole. */
function outWords(seconds: number | null): [text: string, unit: string | undefined] {
  if (seconds === null) return ['—', undefined];
  const text = duration(seconds * 1000);
  const [value = text, unit, ...rest] = text.split('\u00a0');
  return rest.length === 0 ? [value, unit] : [text, undefined];
}

function budgetSum({ budget, target, window }: Objective): SumRow[] {
  const left = budget.remainingRatio;
  return [
    { label: `Valid events, ${windowWords(window)}`, value: count(budget.validCount) },
    { label: `Target ${targetPercent(target)} allows to fail`, value: count(budget.allowedBadCount) },
    { label: 'Failed', value: count(budget.badCount), kind: 'total' },
    ...(left === null
      ? []
      : [
          {
            label: `${count(budget.badCount)} ÷ ${count(budget.allowedBadCount)}`,
            value: `${percent(1 - left)} spent`,
            kind: 'note',
          } as const,
          { label: 'Left', value: percent(left), kind: 'total' } as const,
        ]),
  ];
}

function budgetFoot({ budget }: Objective): string {
  const known =
    budget.coverageRatio >= 0.9995
      ? 'All of the window has data.'
      : `${percent(budget.coverageRatio)} of the window has data; the rest counts as traffic without failures.`;
  return `${known} ${budget.because.text.charAt(0).toUpperCase()}${budget.because.text.slice(1)}.`;
}

function FirstCounts({ objective }: { objective: Objective }) {
  const snippet = `curl -X POST ${location.origin}/api/v1/objectives/${objective.slug}/counts \\
  -H 'Authorization: Bearer YOUR_API_KEY' -H 'Content-Type: application/json' \\
  -d '{"buckets":[{"at":"${new Date().toISOString().slice(0, 17)}00Z","seconds":60,"good":998,"valid":1000}]}'`;
  return (
    <div className="head">
      <Empty title="No counts yet" snippet={snippet} wait="waiting for the first counts…">
        <p>Push how many events were valid and how many of them good, a bucket a minute. The same minute sent again replaces itself.</p>
      </Empty>
    </div>
  );
}
