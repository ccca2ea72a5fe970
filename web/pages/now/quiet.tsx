import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { Page } from '../../frame/page.tsx';
import { useMinute } from '../../lib/clock.ts';
import { duration, inWords, percent } from '../../lib/words.ts';
import { Sparkline } from '../../ui/chart/sparkline.tsx';
import { Glyph, Icon } from '../../ui/icons.tsx';
import { ActionBar, buttonClass } from '../../ui/button.tsx';
import { Section } from '../../ui/panel.tsx';
import { Time } from '../../ui/time/time.tsx';
import { Checklist, useTasks } from '../entry/checklist.tsx';
import { type Objective, windowWords } from '../objectives/objective-look.ts';
import { DemoPanel } from './demo-panel.tsx';
import { MyActions } from './my-actions.tsx';
import { OnCallList } from './on-call-list.tsx';
import { Today } from './today.tsx';

const DAY_MS = 86_400_000;

/** Nothing waits: one sentence, a few small charts, who is on call, what happened lately. */
export function Quiet({ objectives }: { objectives: readonly Objective[] }) {
  const tasks = useTasks();
  const left = tasks?.filter((task) => !task.done).length ?? 0;
  const known = objectives.filter((objective) => objective.budget.remainingRatio !== null);
  const shown = known.toSorted((a, b) => a.service.tier - b.service.tier).slice(0, 4);
  return (
    <Page>
      <div className="calm">
        <div className="row quiet-date">
          {left === 0 && <Glyph name="tick" className="ic-green" />}
          <Today />
        </div>
        <h1>
          {left === 0
            ? sentence(known.length)
            : `Nothing waits for you. ${inWords(left, true)} ${left === 1 ? 'step is' : 'steps are'} left until a page can reach you.`}
        </h1>
        <Freshness objectives={known} />
      </div>
      <DemoPanel />
      <div className="stack far">
        {left > 0 && (
          <Section title="To be set up" lead="each ticks itself">
            <Checklist />
          </Section>
        )}
        {shown.length > 0 && (
          <Section
            title="Budget left"
            end={
              <Link className="link sm" to="/objectives">
                All {objectives.length}
              </Link>
            }
          >
            <div className="minis">
              {shown.map((objective) => (
                <Mini key={objective.id} objective={objective} />
              ))}
            </div>
          </Section>
        )}
        <div className="three side">
          <section>
            <h2>On call</h2>
            <OnCallList />
          </section>
          <Lately />
          <MyActions />
        </div>
      </div>
      <ActionBar>
        <Link to="/declare" className={buttonClass({ kind: 'plain' }, 'grow')}>
          Declare an incident
        </Link>
      </ActionBar>
    </Page>
  );
}

function sentence(objectives: number): string {
  if (objectives === 0) return 'All is well. Nothing waits for you.';
  return objectives === 1
    ? 'All is well. The objective is inside its budget and nothing waits for you.'
    : `All is well. ${inWords(objectives, true)} objectives are inside their budgets and nothing waits for you.`;
}

/** A calm page must say that it is not calm because nothing arrives. */
function Freshness({ objectives }: { objectives: readonly Objective[] }) {
  const now = useMinute();
  const oldest = Math.min(
    ...objectives.map((objective) => (objective.lastObservedAt === null ? now : Date.parse(objective.lastObservedAt))),
  );
  if (objectives.length === 0) return <p>No objective is counted yet.</p>;
  return (
    <p>
      Counts arrive for {objectives.length === 1 ? 'it' : `all ${inWords(objectives.length)}`}; the oldest is{' '}
      {duration(Math.max(0, now - oldest))} old.
    </p>
  );
}

function Mini({ objective }: { objective: Objective }) {
  const left = objective.budget.remainingRatio;
  return (
    <Link to="/objectives/$slug" params={{ slug: objective.slug }}>
      <span className="soft clip mini-name">{objective.name}</span>
      <b className="num">{left === null ? '—' : percent(left)}</b>
      <Sparkline values={objective.trend} label={`${objective.name}, budget left over ${windowWords(objective.window)}`} />
    </Link>
  );
}

function Lately() {
  const now = useMinute();
  const hour = Math.floor(now / 3_600_000) * 3_600_000;
  const changes = useQuery(api.changes.listChanges.query({ query: { from: new Date(hour - DAY_MS).toISOString(), limit: 100 } }));
  const alerts = useQuery(api.alerts.listAlerts.query({ query: { state: 'all', limit: 100 } }));
  const recent = alerts.data?.items.filter((alert) => Date.parse(alert.openedAt) > hour - DAY_MS);
  const last = changes.data?.items[0];
  return (
    <section>
      <h2>Since yesterday</h2>
      <ul className="plain">
        <li>
          <Icon name="change" />
          <span className="grow">{counted(changes.data?.items.length, 'change')}</span>
          {last !== undefined && (
            <span className="mute sm">
              last <Time at={last.startedAt} />
            </span>
          )}
        </li>
        <li>
          <Icon name="bell" />
          <span className="grow">
            <Link to="/alerts" search={{ state: 'all' }}>
              {counted(recent?.length, 'alert')}
            </Link>
          </span>
          <span className="mute sm">{recent?.some((alert) => alert.resolvedAt === null) === true ? 'some open' : ''}</span>
        </li>
      </ul>
    </section>
  );
}

function counted(value: number | undefined, noun: string): string {
  if (value === undefined) return '—';
  return `${value === 100 ? '100 or more' : value === 0 ? 'No' : value} ${noun}${value === 1 ? '' : 's'}`;
}
