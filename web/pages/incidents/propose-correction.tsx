import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMay } from '../../frame/session.ts';
import type { Correction } from '../objectives/corrections/rule-words.ts';
import { type IncidentDetail, incidentNumber } from './incident-look.tsx';

const WORDS: Record<Correction['state'], string> = {
  proposed: 'Correction proposed',
  active: 'Left out of the budget',
  declined: 'Correction declined',
  withdrawn: 'Correction withdrawn',
};

/** Proposes by one press to leave the incident out of an objective's budget, or says what became of that. */
export function ProposeCorrection({ incident, slug, ended }: { incident: IncidentDetail; slug: string; ended: string }) {
  const may = useMay('responder');
  const source = `incident/${incident.id}`;
  const span = { from: incident.impactStartedAt ?? incident.declaredAt, to: ended };
  const corrections = useQuery(api.slo.listCorrections.query({ params: { slug } }));
  const propose = useAct(
    () =>
      api.slo.proposeCorrection({
        params: { slug },
        body: { rule: { kind: 'exclude', ...span }, reason: `${incidentNumber(incident)} ${incident.title}`.slice(0, 500), source },
      }),
    { renews: ['slo'], said: () => 'Proposed; no figure changes until an editor accepts it.' },
  );
  if (corrections.data === undefined) return null;
  const known = corrections.data.items.find((one) => one.source === source);
  if (known !== undefined)
    return (
      <Link className="link sm" to="/objectives/$slug" params={{ slug }} search={{ tab: 'corrections' }}>
        {WORDS[known.state]}
      </Link>
    );
  if (!may) return null;
  return (
    <>
      <button type="button" className="link sm" onClick={() => propose.mutate()} disabled={propose.isPending}>
        Propose a correction
      </button>
      <Link className="link sm" to="/objectives/$slug" params={{ slug }} search={{ tab: 'corrections', ...span, source }}>
        with other times
      </Link>
      <ProblemNote problem={propose.error} what="Not proposed." />
    </>
  );
}
