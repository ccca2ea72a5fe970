import { Link } from '@tanstack/react-router';
import { api } from '../../../api/client.ts';
import { useAct } from '../../../frame/act.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { useMay } from '../../../frame/session.ts';
import { count, duration } from '../../../lib/words.ts';
import { Button } from '../../../ui/button.tsx';
import { Chip, type Tone } from '../../../ui/mark.tsx';
import { Time } from '../../../ui/time/time.tsx';
import { type Correction, incidentOf, repeatWords } from './rule-words.ts';

const STATE: Record<Correction['state'], { tone?: Tone; word: string }> = {
  proposed: { tone: 'yellow', word: 'proposed' },
  active: { tone: 'accent', word: 'active' },
  withdrawn: { word: 'withdrawn' },
};

export function CorrectionList({ corrections }: { corrections: readonly Correction[] }) {
  const may = useMay('editor');
  const decide = useAct(
    ({ id, decision }: { id: string; decision: 'accept' | 'withdraw' }) => api.slo.decideCorrection({ params: { id }, body: { decision } }),
    { renews: ['slo'], said: (one) => (one.state === 'active' ? 'It counts from now on.' : 'It no longer counts.') },
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
                {may && correction.state !== 'withdrawn' && (
                  <span className="row end">
                    {correction.state === 'proposed' && (
                      <Button onClick={() => decide.mutate({ id: correction.id, decision: 'accept' })} disabled={decide.isPending}>
                        Accept
                      </Button>
                    )}
                    <Button
                      kind="ghost"
                      onClick={() => decide.mutate({ id: correction.id, decision: 'withdraw' })}
                      disabled={decide.isPending}
                    >
                      Withdraw
                    </Button>
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

function what({ kind, good, valid }: Correction): string {
  return kind === 'exclude' ? 'Excluded' : `Counted as ${count(good ?? 0)} good of ${count(valid ?? 0)}`;
}

function Span({ correction }: { correction: Correction }) {
  const { from, to, rrule, timeZone } = correction;
  const length = duration(Date.parse(to) - Date.parse(from));
  return (
    <>
      <Time at={from} shape="moment" /> for {length}
      {rrule !== null && `, ${repeatWords(rrule)} (${timeZone})`}
    </>
  );
}

function Decided({ correction }: { correction: Correction }) {
  if (correction.decidedAt === null || correction.decidedBy === null || correction.state === 'proposed') return null;
  return (
    <>
      {' '}
      · {correction.state === 'active' ? 'accepted' : 'withdrawn'} by {correction.decidedBy}, <Time at={correction.decidedAt} />
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
