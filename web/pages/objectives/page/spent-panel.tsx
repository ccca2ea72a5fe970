import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../../api/client.ts';
import type { Answer } from '../../../api/contracts.ts';
import { percent, plural } from '../../../lib/words.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Time } from '../../../ui/time/time.tsx';
import { Why } from '../../../ui/why.tsx';
import { troublesInput, useTroubles } from '../backtest/troubles.ts';
import { useMarks } from '../marks.ts';
import { type Objective, windowWords } from '../objective-look.ts';
import { coveredRange } from '../series.ts';

type Spent = Answer<'slo', 'spentByStretch'>;

const SHOWN = 6;

/** Where the budget went: to each incident, to none of them, and how often it alerted meanwhile. */
export function SpentPanel({ objective }: { objective: Objective }) {
  const range = coveredRange(objective);
  const { recorded } = useMarks(objective.service.slug, range);
  const troubles = useTroubles(objective.service.slug, range);
  const body = { stretches: troublesInput(troubles) };
  const query = api.slo.spentByStretch.query({ params: { slug: objective.slug }, body });
  const spent = useQuery({ ...query, placeholderData: keepPreviousData, enabled: objective.firstObservedAt !== null });
  const partOf = (id: string) => spent.data?.items.find((item) => item.id === id)?.spent;
  const dearest = troubles.toSorted((a, b) => (partOf(b.id)?.ratio ?? 0) - (partOf(a.id)?.ratio ?? 0));
  const others = dearest.slice(SHOWN);
  return (
    <Panel title="Over this budget" end={windowWords(objective.window)}>
      <ProblemNote problem={spent.error} what="What incidents took was not worked out." />
      <ul className="plain">
        {dearest.slice(0, SHOWN).map((trouble) => (
          <li key={trouble.id}>
            <Icon name="incident" />
            <span className="grow">
              <Link to="/incidents/$id" params={{ id: trouble.incidentId }}>
                {trouble.id} {trouble.title}
              </Link>{' '}
              <span className="mute sm nowrap">
                <Time at={trouble.from} shape="day" />
              </span>
            </span>
            <Part part={partOf(trouble.id)} title={`What ${trouble.id} took`} />
          </li>
        ))}
        {others.length > 0 && (
          <li>
            <Icon name="incident" />
            <span className="grow">{plural(others.length, 'incident')} more</span>
            <span className="num">{percent(others.reduce((sum, { id }) => sum + (partOf(id)?.ratio ?? 0), 0))}</span>
          </li>
        )}
        {troubles.length === 0 && <li className="mute">No incident.</li>}
        <li>
          <Icon name="change" />
          <span className="grow">{recorded.length === 100 ? '100 changes or more' : plural(recorded.length, 'change')}</span>
          {recorded[0] !== undefined && (
            <span className="mute sm nowrap">
              last <Time at={recorded[0].startedAt} />
            </span>
          )}
        </li>
        {spent.data !== undefined && <Rest spent={spent.data} />}
      </ul>
    </Panel>
  );
}

function Rest({ spent: { alerts, outside, gapsRatio } }: { spent: Spent }) {
  return (
    <>
      <li>
        <Icon name="bell" />
        <span className="grow">
          {plural(alerts.pages, 'page')}, {plural(alerts.tickets, 'ticket')}
          {alerts.noData > 0 && `, ${plural(alerts.noData, 'alert')} without data`}
        </span>
      </li>
      <li>
        <Icon name="target" />
        <span className="grow">In no incident</span>
        <Part part={outside} title="What no incident took" />
      </li>
      {gapsRatio > 0 && (
        <li>
          <Icon name="target" />
          <span className="grow">Time without data</span>
          <span className="num">{percent(gapsRatio)}</span>
        </li>
      )}
    </>
  );
}

function Part({ part, title }: { part: Spent['outside'] | undefined; title: string }) {
  if (part === undefined) return <span className="mute">—</span>;
  const text = part.ratio === null ? '—' : percent(part.ratio);
  return <Why side="right" chip={{ className: 'figure-ask num', body: text }} title={title} reason={part.because} />;
}
