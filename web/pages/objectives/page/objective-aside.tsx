import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useMinute } from '../../lib/clock.ts';
import { capital } from '../../lib/words.ts';
import { Icon } from '../../ui/icons.tsx';
import { type Level, LevelGlyph } from '../../ui/mark.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Snippet } from '../../ui/note.tsx';
import { Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';
import { GATE_WORDS } from '../changes/gate-look.ts';
import { useMarks } from './marks.ts';
import { type Objective, windowWords } from './objective-look.ts';
import { windowMs } from './budget-panel.tsx';

const POLICY: readonly { level: Level; range: string; text: string; tone: string }[] = [
  { level: 'healthy', range: 'over 50 %', text: 'Normal pace; deploys pass', tone: 'tx-green' },
  { level: 'caution', range: '25–50 %', text: 'More testing; no deploys on Fridays', tone: 'tx-yellow' },
  { level: 'slow', range: '10–25 %', text: 'Each change is approved', tone: 'tx-orange' },
  { level: 'frozen', range: '0–10 %', text: 'Fixes and rollbacks only', tone: 'tx-red' },
  { level: 'exhausted', range: 'spent', text: 'Fixes and rollbacks only, until it recovers', tone: 'tx-darkred' },
];

/** What the budget means for changes, what took it, and how it is defined. */
export function ObjectiveAside({ objective }: { objective: Objective }) {
  return (
    <div className="stack mid">
      <PolicyPanel objective={objective} />
      <SpentPanel objective={objective} />
      {Object.keys(objective.links).length > 0 && (
        <Panel title="Runbook and links" icon="book">
          <ul className="plain">
            {Object.entries(objective.links).map(([name, url]) => (
              <li key={name}>
                <a className="link" href={url} target="_blank" rel="noreferrer">
                  {capital(name)}
                </a>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title="Definition" end={<span className="mono">{objective.slug}</span>}>
        <Snippet text={definition(objective)} quiet />
      </Panel>
    </div>
  );
}

function PolicyPanel({ objective }: { objective: Objective }) {
  const gate = useQuery(api.releases.getGate.query({ params: { slug: objective.service.slug } }));
  return (
    <Panel title="Policy" flush>
      <ol className="pol">
        {POLICY.map((row) => {
          const isCurrent = row.level === objective.level;
          return (
            <li key={row.level} className={`lvl-${row.level}`} aria-current={isCurrent ? 'true' : undefined}>
              <span className={isCurrent ? row.tone : undefined}>
                <LevelGlyph level={row.level} />
              </span>
              <b>
                {row.level}
                <br />
                <span className="mute plain-title">{row.range}</span>
              </b>
              <span>{row.text}</span>
            </li>
          );
        })}
      </ol>
      {gate.data !== undefined && (
        <div className="pad row gate-line">
          <Icon name={gate.data.decision === 'allow' ? 'unlock' : 'lock'} />
          <span className="grow">
            {GATE_WORDS[gate.data.decision]} for {objective.service.name}
          </span>
          <Why side="right" title={GATE_WORDS[gate.data.decision]} reasons={gate.data.because} />
        </div>
      )}
    </Panel>
  );
}

function SpentPanel({ objective }: { objective: Objective }) {
  const now = useMinute();
  const { incidents, recorded } = useMarks(objective.service.slug, { from: now - windowMs(objective.window), to: now });
  const shown = incidents.filter((incident) => Date.parse(incident.declaredAt) > now - windowMs(objective.window));
  return (
    <Panel title="Over this budget" end={windowWords(objective.window)}>
      <ul className="plain">
        {shown.slice(0, 6).map((incident) => (
          <li key={incident.id}>
            <Icon name="incident" />
            <span className="grow">
              <Link to="/incidents/$id" params={{ id: incident.id }}>
                INC-{incident.number} {incident.title}
              </Link>
            </span>
            <span className="mute sm nowrap">
              <Time at={incident.declaredAt} shape="day" />
            </span>
          </li>
        ))}
        {shown.length === 0 && <li className="mute">No incident.</li>}
        <li>
          <Icon name="change" />
          <span className="grow">{recorded.length === 100 ? '100 changes or more' : `${recorded.length} changes`}</span>
          {recorded[0] !== undefined && (
            <span className="mute sm nowrap">
              last <Time at={recorded[0].startedAt} />
            </span>
          )}
        </li>
      </ul>
    </Panel>
  );
}

/** As it is sent and kept; a person can copy it into configuration. */
function definition(objective: Objective): string {
  const { service, name, target, window, indicator } = objective;
  return JSON.stringify({ service: service.slug, name, target, window, indicator }, null, 2);
}
