import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { Icon } from '../../ui/icons.tsx';
import { Why } from '../../ui/why.tsx';
import { type Gate, GATE_WORDS } from './gate-look.ts';

const LOOK: Record<Gate['decision'], { className: string; word: string; icon: 'lock' | 'unlock' }> = {
  allow: { className: 'chip green', word: 'pass', icon: 'unlock' },
  needs_approval: { className: 'chip yellow', word: 'need approval', icon: 'lock' },
  deny: { className: 'chip red', word: 'held', icon: 'lock' },
};

/** The gate's answer for a service, with all its reasons. */
export function GateChip({ slug }: { slug: string }) {
  const gate = useQuery(api.releases.getGate.query({ params: { slug } }));
  if (gate.data === undefined) return <span className="mute">—</span>;
  const { className, word, icon } = LOOK[gate.data.decision];
  const body = (
    <>
      <Icon name={icon} />
      {word}
    </>
  );
  return (
    <Why
      chip={{ className, body }}
      title={GATE_WORDS[gate.data.decision]}
      reasons={gate.data.because}
      foot="Rollbacks and fixes always pass."
    />
  );
}
