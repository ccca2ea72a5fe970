import type { ReactNode } from 'react';
import { Note } from '../../../ui/note.tsx';
import { Time } from '../../../ui/time/time.tsx';
import { Why } from '../../../ui/why.tsx';
import type { Objective } from '../objective-look.ts';
import { failsInPast, pastSentence } from './reading-words.ts';

/** Beside the level: that nothing is known of now, or that nothing came. The level itself is of what was counted before. */
export function NewsChip({ objective }: { objective: Objective }) {
  const { state, stateBecause, lastObservedAt, level } = objective;
  // A level of no data says it already.
  if (state === 'no_data' && lastObservedAt !== null && level !== 'no_data')
    return (
      <StateChip reason={stateBecause} className="chip yellow">
        no data since <Time at={lastObservedAt} />
      </StateChip>
    );
  if (state !== 'no_traffic') return null;
  return (
    <StateChip reason={stateBecause} className="chip">
      no traffic
    </StateChip>
  );
}

function StateChip({ reason, className, children }: { reason: Objective['stateBecause']; className: string; children: ReactNode }) {
  return <Why chip={{ className, body: children }} title="Why" reason={reason} />;
}

/** How counts come in, where not all is well with that: a source that fails, a past that is still being read, silence. */
export function ReadingNote({ objective }: { objective: Objective }) {
  const { reading, lastObservedAt, state } = objective;
  const failure = reading?.lastFailure ?? null;
  const past = reading === null ? undefined : pastSentence(reading);
  if (reading !== null && failure !== null) {
    const isPast = failsInPast(state, reading);
    return (
      <Note tone={isPast ? 'caution' : 'bad'} icon="incident">
        <p className="wrap-any">
          <b className="strong">
            Reading {isPast && 'the past '}from {reading.source} fails since <Time at={failure.at} />:
          </b>{' '}
          {failure.reason}.
        </p>
        <p className="soft">
          {isPast ? 'What comes in now is counted.' : <Known until={lastObservedAt} />} {past}{' '}
          {!isPast && 'The source is asked again and again; what it remembers is read once it answers.'}
        </p>
      </Note>
    );
  }
  if (state === 'no_data' && lastObservedAt !== null)
    return (
      <Note tone="caution" icon="clock">
        <p>
          <b className="strong">
            No data since <Time at={lastObservedAt} />.
          </b>{' '}
          The figures are of what was counted before; nothing is known of now. {past}
        </p>
      </Note>
    );
  return past === undefined ? null : (
    <Note icon="clock">
      <p>{past} The figures grow as it comes in.</p>
    </Note>
  );
}

function Known({ until }: { until: string | null }) {
  if (until === null) return <>Nothing was ever counted.</>;
  return (
    <>
      Nothing is known after <Time at={until} />.
    </>
  );
}
