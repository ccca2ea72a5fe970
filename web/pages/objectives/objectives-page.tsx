import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useDeferredValue, useMemo } from 'react';
import { api } from '../../api/client.ts';
import { usePaged } from '../../api/paged.ts';
import { Page } from '../../frame/page.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMay } from '../../frame/session.ts';
import { nowMs } from '../../lib/clock.ts';
import { buttonClass, Segments } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { MoreBelow } from '../../ui/list/more-below.tsx';
import { Empty, SkeletonRows } from '../../ui/note.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';
import { ExplainPanel } from './explain/explain-panel.tsx';
import { ExplainProvider } from './explain/explained.tsx';
import { type Asked, askedText, parseAsked } from './explain/figures.ts';
import { Filters } from './filters.tsx';
import { byOwner, byService, type Objective, objectivesSentence, worstFirst } from './objective-look.ts';
import { ObjectiveTable } from './objective-table.tsx';
import { pushSnippet } from './push-snippet.ts';

const PAGE = 200;

/** Every objective, worst first. Filters and the figure that is explained live in the URL. */
export function ObjectivesPage() {
  const search = useSearch({ from: '/frame/objectives' });
  const navigate = useNavigate({ from: '/objectives' });
  const { service, level } = search;
  const find = useDeferredValue(search.find);
  const { result, items, more, isLoadingMore } = usePaged(api.slo.listObjectives, {
    limit: PAGE,
    ...(service !== undefined && { service }),
    ...(level !== undefined && { level }),
    ...(find !== undefined && { find }),
  });
  const isFiltered = service !== undefined || level !== undefined || find !== undefined;
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
  return (
    <Page>
      <Head objectives={items} hasMore={more !== undefined} isFiltered={isFiltered} />
      <Filters read={items?.length} hasMore={more !== undefined} />
      <ProblemNote problem={result.error} what="Not loaded." />
      <ExplainProvider value={{ open, ask }}>
        <div className={open === undefined ? undefined : 'cols wide docked'}>
          <div>
            <Body shown={items} isFiltered={isFiltered} by={search.by} pending={result.error === null} />
            {more !== undefined && <MoreBelow more={more} busy={isLoadingMore} />}
          </div>
          {open !== undefined && (
            <div className="beside">
              <ExplainPanel asked={open} onAsk={ask} />
            </div>
          )}
        </div>
      </ExplainProvider>
    </Page>
  );
}

interface HeadProps {
  objectives: readonly Objective[] | undefined;
  hasMore: boolean;
  isFiltered: boolean;
}

function Head({ objectives, hasMore, isFiltered }: HeadProps) {
  const search = useSearch({ from: '/frame/objectives' });
  const navigate = useNavigate({ from: '/objectives' });
  const sentence = leadOf(objectives, { hasMore, isFiltered });
  return (
    <PageHead
      title="Objectives"
      lead={
        <>
          {sentence}{' '}
          <span className="head-links">
            <Link className="link" to="/objectives/policy">
              Budget policy
            </Link>
            <Link className="link" to="/objectives/nines">
              Table of nines
            </Link>
          </span>
        </>
      }
      acts={
        <>
          <Segments
            label="Order"
            className="no-phone"
            value={search.by ?? 'worst'}
            onChange={(by) => void navigate({ search: (before) => ({ ...before, by: by === 'worst' ? undefined : by }), replace: true })}
            options={[
              { value: 'worst', label: 'Worst first' },
              { value: 'service', label: 'By service' },
              { value: 'owner', label: 'By owner' },
            ]}
          />
          <NewObjective service={search.service} />
        </>
      }
    />
  );
}

/** One sentence on what is shown; none on nothing. */
function leadOf(objectives: readonly Objective[] | undefined, { hasMore, isFiltered }: Omit<HeadProps, 'objectives'>): string {
  if (objectives === undefined || (isFiltered && objectives.length === 0)) return '\u00a0';
  const sentence = objectivesSentence(objectives);
  if (hasMore) return sentence.replace(/\.$/, ', of those read so far.');
  return isFiltered ? `Of those that match: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}` : sentence;
}

function NewObjective({ service }: { service: string | undefined }) {
  const may = useMay('editor');
  if (!may) return null;
  return (
    <Link to="/objectives/new" search={service === undefined ? {} : { service }} className={buttonClass({ kind: 'primary' })}>
      <Icon name="plus" />
      New objective
    </Link>
  );
}

const ORDERS = { worst: worstFirst, service: byService, owner: byOwner } as const;

interface BodyProps {
  shown: Objective[] | undefined;
  isFiltered: boolean;
  by: 'service' | 'owner' | undefined;
  pending: boolean;
}

function Body({ shown, isFiltered, by, pending }: BodyProps) {
  if (shown === undefined) return pending ? <SkeletonRows rows={8} /> : null;
  if (shown.length === 0) {
    return isFiltered ? (
      <Empty title="No objective matches">
        <p>None fits the filter.</p>
      </Empty>
    ) : (
      <Empty title="No objective yet" act={<NewObjective service={undefined} />} snippet={pushSnippet('checkout-availability', nowMs())}>
        <p>
          An objective says which share of requests must be good over a window: 99.9 % over 30 days. Nines counts, warns before the budget
          is gone, and says how fast it goes. Create one, then push its counts, or let them be read from Prometheus or OpenTelemetry.
        </p>
      </Empty>
    );
  }
  return (
    <Panel flush>
      <ObjectiveTable groups={ORDERS[by ?? 'worst'](shown)} />
    </Panel>
  );
}
