import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useCallback, useMemo } from 'react';
import { api } from '../../../api/client.ts';
import { useCrumb } from '../../../frame/crumbs.tsx';
import { Loaded } from '../../../frame/loaded.tsx';
import { Page, PagePending } from '../../../frame/page.tsx';
import { useMay } from '../../../frame/session.ts';
import { targetPercent } from '../../../lib/words.ts';
import { Button, buttonClass } from '../../../ui/button.tsx';
import { SkeletonBlock } from '../../../ui/note.tsx';
import { PageHead } from '../../../ui/panel.tsx';
import { type Tab, Tabs } from '../../../ui/tabs.tsx';
import { ExplainPanel } from '../explain/explain-panel.tsx';
import { ExplainProvider } from '../explain/explained.tsx';
import { type Asked, askedText, parseAsked } from '../explain/figures.ts';
import { LevelWhy } from '../level-why.tsx';
import type { Objective } from '../objective-look.ts';
import { periodWords } from '../window-draft.ts';
import { DeleteObjective } from '../edit/delete-objective.tsx';
import { UnreadableNote } from '../corrections/unreadable-note.tsx';
import { GoverningNote } from './governing-note.tsx';
import { Numbers } from './numbers.tsx';
import { ObjectiveAside } from './objective-aside.tsx';
import { Overview } from './overview.tsx';
import { FirstCounts } from '../reading/first-counts.tsx';
import { NewsChip, ReadingNote } from '../reading/reading-note.tsx';
import { ReviewNote } from '../review/review-note.tsx';

const BacktestTab = lazy(() => import('../backtest/backtest-tab.tsx').then((file) => ({ default: file.BacktestTab })));
const CorrectionsTab = lazy(() => import('../corrections/corrections-tab.tsx').then((file) => ({ default: file.CorrectionsTab })));
const VersionsTab = lazy(() => import('./versions-tab.tsx').then((file) => ({ default: file.VersionsTab })));
const DefinitionTab = lazy(() => import('./definition-tab.tsx').then((file) => ({ default: file.DefinitionTab })));

export function ObjectivePage() {
  const { slug } = useParams({ from: '/frame/objectives/$slug' });
  const objective = useQuery(api.slo.getObjective.query({ params: { slug } }));
  return (
    <Loaded query={objective} pending={<PagePending />}>
      {(data) => <ObjectiveBody objective={data} />}
    </Loaded>
  );
}

type TabName = 'overview' | 'backtest' | 'corrections' | 'versions' | 'definition';

function ObjectiveBody({ objective }: { objective: Objective }) {
  useCrumb(objective.name);
  const may = useMay('editor');
  const search = useSearch({ from: '/frame/objectives/$slug' });
  const navigate = useNavigate({ from: '/objectives/$slug' });
  const tab: TabName = search.tab ?? 'overview';
  const open = useMemo(() => parseAsked(search.explain), [search.explain]);
  const ask = useCallback(
    (asked: Asked | undefined) =>
      void navigate({
        search: (before) => ({ ...before, explain: asked === undefined ? undefined : askedText(asked) }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const choose = (next: TabName) => void navigate({ search: next === 'overview' ? {} : { tab: next }, resetScroll: false });
  const isDark = objective.firstObservedAt === null;
  const hasSide = tab === 'overview' || open !== undefined;
  return (
    <Page>
      <PageHead
        near
        title={objective.name}
        beside={
          <>
            <LevelWhy objective={objective} />
            <NewsChip objective={objective} />
          </>
        }
        lead={<Lead objective={objective} />}
        acts={
          <>
            {tab !== 'backtest' && !isDark && <Button onClick={() => choose('backtest')}>What would have paged</Button>}
            {may && (
              <Link className={buttonClass({})} to="/objectives/$slug/edit" params={{ slug: objective.slug }}>
                Edit
              </Link>
            )}
            {may && <DeleteObjective objective={objective} />}
          </>
        }
      />
      <ExplainProvider value={{ open, ask }}>
        <div className={hasSide ? 'cols wide' : undefined}>
          <div className="stack">
            <ReadingNote objective={objective} />
            {isDark ? <FirstCounts objective={objective} /> : <Numbers objective={objective} />}
            <ReviewNote objective={objective} />
            <UnreadableNote objective={objective} />
            <GoverningNote objective={objective} />
            <Tabs label="Parts of the objective" tabs={tabsOf(objective)} value={tab} onChange={choose} />
          </div>
          {hasSide && (
            <div className="stack mid beside">
              {open !== undefined && <ExplainPanel asked={open} onAsk={ask} />}
              {tab === 'overview' && <ObjectiveAside objective={objective} />}
            </div>
          )}
        </div>
      </ExplainProvider>
    </Page>
  );
}

function tabsOf(objective: Objective): Tab<TabName>[] {
  const later = (panel: ReactNode) => <Suspense fallback={<SkeletonBlock height={320} />}>{panel}</Suspense>;
  return [
    { value: 'overview', label: 'Overview', panel: <Overview objective={objective} /> },
    { value: 'backtest', label: 'Backtest', panel: later(<BacktestTab objective={objective} />) },
    { value: 'corrections', label: 'Corrections', panel: later(<CorrectionsTab objective={objective} />) },
    { value: 'versions', label: 'Versions', panel: later(<VersionsTab objective={objective} />) },
    { value: 'definition', label: 'Definition', panel: later(<DefinitionTab objective={objective} />) },
  ];
}

function Lead({ objective }: { objective: Objective }) {
  const { description, service, target, window, governing } = objective;
  const goal = `${targetPercent(target)} over ${periodWords(window)}`;
  const about = `${service.name}, tier ${service.tier} · version ${governing.version}`;
  return (
    <>
      {description === '' ? `${targetPercent(target)} of events are good, over ${periodWords(window)}.` : description}{' '}
      <span className="mute">{description === '' ? about : `${goal} · ${about}`}</span>
    </>
  );
}
