import { capital } from '../../lib/words.ts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Segments } from '../../ui/button.tsx';
import { Prose } from '../../ui/prose.tsx';
import { ZoneName } from '../../ui/time/time.tsx';
import { Timeline, type TimelineEntry } from '../../ui/timeline.tsx';
import { Composer } from './composer.tsx';
import { type IncidentDetail, STATUS_WORDS } from './incident-look.tsx';
import { entryLook, isByPeople, NOTE_WORDS } from './timeline-look.ts';

type Event = IncidentDetail['timeline'][number];
type Update = IncidentDetail['updates'][number];

/** Catch up, write, and the story: newest first. */
export function Story({ incident, may }: { incident: IncidentDetail; may: boolean }) {
  const search = useSearch({ from: '/frame/incidents/$id' });
  const navigate = useNavigate({ from: '/incidents/$id' });
  const show = search.show ?? 'all';
  const entries = [
    ...incident.timeline
      .filter((event) => !isUpdate(event) && (show === 'all' || (show === 'people' && isByPeople(event))))
      .map(eventEntry),
    ...incident.updates.filter((update) => show !== 'public' || update.audience === 'customers').map(updateEntry),
  ].toSorted((a, b) => String(b.at).localeCompare(String(a.at)));
  return (
    <section className="ctr" aria-label="Timeline">
      <CatchUp incident={incident} />
      {may && <Composer incident={incident} />}
      <div className="sec-head story-head">
        <h2>Timeline</h2>
        <span className="lead no-phone">
          newest first, <ZoneName />
        </span>
        <Segments
          label="Filter"
          value={show}
          onChange={(next) =>
            void navigate({ search: (before) => ({ ...before, show: next === 'all' ? undefined : next }), replace: true })
          }
          options={[
            { value: 'all', label: 'All' },
            { value: 'people', label: 'People' },
            { value: 'public', label: 'Public' },
          ]}
        />
      </div>
      <Timeline entries={entries} />
    </section>
  );
}

/** Updates are shown with their words from the list of updates. */
function isUpdate(event: Event): boolean {
  return event.kind.includes('update');
}

function eventEntry(event: Event): TimelineEntry {
  const look = entryLook(event);
  const label = NOTE_WORDS[event.kind];
  return {
    key: event.id,
    at: event.at,
    icon: look.icon,
    ...(look.tone !== undefined && { tone: look.tone }),
    line: (
      <>
        {label !== undefined && <b className="strong">{label} </b>}
        {label === undefined ? capital(event.because.text) : event.because.text}{' '}
        <span className="mute">{event.actor.kind === 'system' ? '' : event.actor.name}</span>
      </>
    ),
  };
}

function updateEntry(update: Update): TimelineEntry {
  const isPublic = update.audience === 'customers';
  return {
    key: update.id,
    at: update.at,
    icon: isPublic ? 'globe' : 'people',
    ...(isPublic && { tone: 'pub' as const }),
    line: (
      <>
        <b className="strong">{isPublic ? 'Customer update' : 'Team update'}</b> {STATUS_WORDS[update.status].toLowerCase()}{' '}
        <span className="mute">{update.author}</span>
      </>
    ),
    quote: <Prose text={update.text} />,
  };
}

/** Four lines for whoever comes late. */
function CatchUp({ incident }: { incident: IncidentDetail }) {
  const suspect = incident.suspects.find((one) => one.strength !== 'weak');
  const lastOf = (...kinds: string[]) =>
    incident.timeline.filter((event) => kinds.includes(event.kind)).toSorted((a, b) => b.at.localeCompare(a.at))[0];
  const doing = lastOf('action', 'decision');
  const guess = lastOf('hypothesis');
  const told = incident.updates.toSorted((a, b) => b.at.localeCompare(a.at)).find((update) => update.audience === 'customers');
  const lines = [
    {
      term: 'Broken',
      text:
        incident.services.length === 0
          ? incident.title
          : `${incident.title} (${incident.services.map((service) => service.name).join(', ')})`,
    },
    ...(suspect !== undefined
      ? [
          {
            term: 'Suspect',
            text: `${suspect.change.kind} ${suspect.change.version} of ${suspect.change.service.name}, ${suspect.strength}`,
          },
        ]
      : []),
    ...(guess !== undefined ? [{ term: 'Thought', text: guess.because.text }] : []),
    ...(doing !== undefined ? [{ term: 'Doing', text: doing.because.text }] : []),
    ...(told !== undefined ? [{ term: 'Told', text: told.text }] : []),
  ];
  if (lines.length < 2) return null;
  return (
    <div className="catch">
      <h2 className="sm">Catch up</h2>
      <dl>{lines.map(({ term, text }) => [<dt key={`t${term}`}>{term}</dt>, <dd key={`d${term}`}>{text}</dd>])}</dl>
    </div>
  );
}
