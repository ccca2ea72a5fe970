import { Link } from '@tanstack/react-router';
import { isZone } from '#kernel/zoned.ts';
import { api } from '../../../api/client.ts';
import { useAct } from '../../../frame/act.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { useMay } from '../../../frame/session.ts';
import { count, duration } from '../../../lib/words.ts';
import { writeTime } from '../../../lib/zone.ts';
import { Button } from '../../../ui/button.tsx';
import { Chip, type Tone } from '../../../ui/mark.tsx';
import { Time } from '../../../ui/time/time.tsx';
import { type Correction, incidentOf, repeatWords } from './rule-words.ts';

const STATE: Record<Correction['state'], { tone?: Tone; word: string }> = {
  proposed: { tone: 'yellow', word: 'proposed' },
  active: { tone: 'accent', word: 'active' },
  declined: { word: 'declined' },
  withdrawn: { word: 'withdrawn' },
};

type Decision = 'accept' | 'decline' | 'withdraw';

const ACTS: Record<'proposed' | 'active', { decision: Decision; word: string }[]> = {
  proposed: [
    { decision: 'accept', word: 'Accept' },
    { decision: 'decline', word: 'Decline' },
  ],
  active: [{ decision: 'withdraw', word: 'Withdraw' }],
};

const SAID: Record<Correction['state'], string> = {
  proposed: 'An editor decides.',
  active: 'It counts from now on.',
  declined: 'Declined; no figure changes.',
  withdrawn: 'It no longer counts.',
};

export function CorrectionList({ corrections }: { corrections: readonly Correction[] }) {
  const may = useMay('editor');
  const decide = useAct(
    ({ id, decision }: { id: string; decision: Decision }) => api.slo.decideCorrection({ params: { id }, body: { decision } }),
    { renews: ['slo'], said: (one) => SAID[one.state] },
  );
  return (
    <>
      <ol className="list bare-list">
        {corrections.map((correction) => {
          const { tone, word } = STATE[correction.state];
          return (
            <li key={correction.id} className="correction">
              <div className="row wrap">
                {tone === undefined ? <Chip>{word}</Chip> : <Chip tone={tone}>{word}</Chip>}
                <b className="medium">{what(correction)}</b>
                <span>
                  <Span correction={correction} />
                </span>
                {may && (correction.state === 'proposed' || correction.state === 'active') && (
                  <span className="row end">
                    {ACTS[correction.state].map(({ decision, word: act }) => (
                      <Button
                        key={decision}
                        kind={decision === 'accept' ? 'plain' : 'ghost'}
                        onClick={() => decide.mutate({ id: correction.id, decision })}
                        disabled={decide.isPending}
                      >
                        {act}
                      </Button>
                    ))}
                  </span>
                )}
              </div>
              <p className="soft">{correction.reason}</p>
              <p className="mute sm">
                {correction.createdBy}, <Time at={correction.createdAt} />
                <Decided correction={correction} />
                <Source correction={correction} />
              </p>
            </li>
          );
        })}
      </ol>
      <ProblemNote problem={decide.error} what="Not decided." />
    </>
  );
}

function what({ kind, good, valid, state }: Correction): string {
  if (kind === 'unknown') return 'Cannot be read by this version, so it corrects nothing';
  const counts = `${count(good ?? 0)} good of ${count(valid ?? 0)}`;
  if (state === 'proposed' || state === 'declined') return kind === 'exclude' ? 'Exclude' : `Count as ${counts}`;
  return kind === 'exclude' ? 'Excluded' : `Counted as ${counts}`;
}

function Span({ correction }: { correction: Correction }) {
  const { from, to, rrule, timeZone } = correction;
  if (from === null || to === null) return null;
  const length = duration(Date.parse(to) - Date.parse(from));
  return (
    <>
      {rrule === null || !isZone(timeZone) ? <Time at={from} shape="moment" /> : writeTime(Date.parse(from), 'moment', timeZone)} for{' '}
      {length}
      {rrule !== null && `, ${repeatWords(rrule)} (${timeZone})`}
    </>
  );
}

function Decided({ correction }: { correction: Correction }) {
  if (correction.decidedAt === null || correction.decidedBy === null || correction.state === 'proposed') return null;
  return (
    <>
      {' '}
      · {correction.state === 'active' ? 'accepted' : correction.state} by {correction.decidedBy}, <Time at={correction.decidedAt} />
    </>
  );
}

function Source({ correction }: { correction: Correction }) {
  const incident = incidentOf(correction.source);
  if (correction.source === null) return null;
  return (
    <>
      {' '}
      · from{' '}
      {incident === undefined ? (
        correction.source
      ) : (
        <Link className="link" to="/incidents/$id" params={{ id: incident }}>
          an incident
        </Link>
      )}
    </>
  );
}
