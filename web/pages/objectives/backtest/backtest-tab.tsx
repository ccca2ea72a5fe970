import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api } from '../../../api/client.ts';
import { Loaded } from '../../../frame/loaded.tsx';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { useMay } from '../../../frame/session.ts';
import { useMinute } from '../../../lib/clock.ts';
import { useSettled } from '../../../lib/settled.ts';
import { buttonClass, Segments } from '../../../ui/button.tsx';
import { SkeletonBlock } from '../../../ui/note.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { searchOf } from '../edit/edit-search.ts';
import type { Objective } from '../objective-look.ts';
import { Comparison } from './comparison.tsx';
import { Detections } from './detections.tsx';
import { type Backtest, PastChart } from './past-chart.tsx';
import { changedTerms, type Terms, termsDraft } from './terms.ts';
import { placeRefused, TermsForm } from './terms-form.tsx';
import { type Trouble, troublesInput, useTroubles } from './troubles.ts';
import { TurnList } from './turn-list.tsx';

const DAY_MS = 86_400_000;
const STEP_MS = 5 * 60_000;
const DAYS = { '7': 7, '30': 30, '90': 90 } as const;

/** What would have paged: the past again, by the governing terms and by others beside them. */
export function BacktestTab({ objective }: { objective: Objective }) {
  const search = useSearch({ from: '/frame/objectives/$slug' });
  const navigate = useNavigate({ from: '/objectives/$slug' });
  const days = search.days ?? '30';
  const range = useRange(DAYS[days]);
  const troubles = useTroubles(objective.service.slug, range);
  const governing = useMemo(() => termsDraft(objective.definition, objective.target), [objective.definition, objective.target]);
  const [draft, setDraft] = useState(governing);
  const tried = useSettled(useMemo(() => changedTerms(draft, governing, objective.definition), [draft, governing, objective.definition]));
  const now = useBacktest(objective.slug, { range, troubles, terms: {}, enabled: true });
  const other = useBacktest(objective.slug, { range, troubles, terms: tried ?? {}, enabled: tried !== undefined });
  const may = useMay('editor');
  const isTrying = tried !== undefined && other.data !== undefined;
  return (
    <div className="stack mid">
      <Panel
        title="Other terms"
        end={
          <Segments
            label="Range"
            value={days}
            onChange={(next) =>
              void navigate({
                search: (before) => ({ ...before, days: next === '30' ? undefined : next }),
                replace: true,
                resetScroll: false,
              })
            }
            options={[
              { value: '7', label: '7 d' },
              { value: '30', label: '30 d' },
              { value: '90', label: '90 d' },
            ]}
          />
        }
      >
        <TermsForm draft={draft} governing={governing} onChange={setDraft} problem={other.error} />
        {may && tried !== undefined && changedTerms(draft, governing, objective.definition) !== undefined && (
          <p className="use-terms">
            <Link
              className={buttonClass({})}
              to="/objectives/$slug/edit"
              params={{ slug: objective.slug }}
              search={searchOf(draft, governing)}
            >
              Use these terms
            </Link>
            <span className="mute sm">opens the edit with them filled in; nothing is saved yet</span>
          </p>
        )}
      </Panel>
      <ProblemNote
        problem={tried === undefined || placeRefused(other.error).isAll ? null : other.error}
        what="These terms were not tried."
      />
      <Loaded query={now} pending={<SkeletonBlock height={420} />}>
        {(governed) => (
          <Results
            governed={governed}
            tried={isTrying ? other.data : undefined}
            troubles={troubles}
            version={objective.governing.version}
            busy={now.isFetching || (tried !== undefined && other.isFetching)}
          />
        )}
      </Loaded>
    </div>
  );
}

interface ResultsProps {
  governed: Backtest;
  tried: Backtest | undefined;
  troubles: readonly Trouble[];
  version: number;
  busy: boolean;
}

function Results({ governed, tried, troubles, version, busy }: ResultsProps) {
  const shown = tried ?? governed;
  return (
    <div className="stack mid" aria-busy={busy}>
      <Panel
        title="What would have paged"
        end={tried === undefined ? 'by the terms that govern' : 'by the terms tried, and those that govern'}
        flush
      >
        <Comparison governed={governed} tried={tried} version={version} />
      </Panel>
      <Panel title={tried === undefined ? 'The past by these terms' : 'The past by the terms tried'}>
        <PastChart past={shown} troubles={troubles} />
      </Panel>
      <div className="halves">
        <Panel title="Alerts it would have raised" end="the latest first">
          <TurnList past={shown} />
        </Panel>
        <Panel title="Incidents, and when it would have told" end={tried === undefined ? undefined : 'before → with these terms'}>
          <Detections past={shown} before={tried === undefined ? undefined : governed} troubles={troubles} />
        </Panel>
      </div>
    </div>
  );
}

/** The range that ends about now, in whole steps, so that an answer stays good for a while. */
function useRange(days: number): { from: number; to: number } {
  const minute = useMinute();
  const to = Math.floor(minute / STEP_MS) * STEP_MS;
  return useMemo(() => ({ from: to - days * DAY_MS, to }), [to, days]);
}

interface Question {
  range: { from: number; to: number };
  troubles: readonly Trouble[];
  terms: Terms;
  enabled: boolean;
}

function useBacktest(slug: string, { range, troubles, terms, enabled }: Question) {
  const body = {
    from: new Date(range.from).toISOString(),
    to: new Date(range.to).toISOString(),
    troubles: troublesInput(troubles),
    terms,
  };
  const {
    queryKey: [, ...key],
    queryFn,
  } = api.slo.backtestObjective.query({ params: { slug }, body });
  // Under a name of its own: each count that comes in makes the module's answers stale, and the past is not lived again for that.
  return useQuery({ queryKey: ['slo-past', ...key], queryFn, enabled, placeholderData: keepPreviousData, staleTime: 300_000 });
}
