import { useNavigate } from '@tanstack/react-router';
import { api } from '../../../api/client.ts';
import { queries } from '../../../api/queries.ts';
import { useAct } from '../../../frame/act.ts';
import { Deletion } from '../../../frame/deletion.tsx';
import type { Objective } from '../objective-look.ts';

export function DeleteObjective({ objective }: { objective: Objective }) {
  const navigate = useNavigate();
  const { slug, version, name, state } = objective;
  const leave = async (): Promise<void> => {
    // What this page asks for is there no more: it is left before anything is asked anew.
    await navigate({ to: '/objectives' });
    for (const module of ['slo', 'alerts', 'escalation', 'releases']) void queries.invalidateQueries({ queryKey: [module] });
  };
  const remove = useAct(() => api.slo.deleteObjective({ params: { slug } }, { ifMatch: version }), {
    renews: [],
    said: () => `${name} is deleted.`,
    after: () => void leave(),
  });
  return (
    <Deletion of={name} problem={remove.error} busy={remove.isPending} onDelete={() => remove.mutate(undefined)} onKeep={remove.reset}>
      <p>
        {state === 'firing' ? 'It is burning now: its alerts and their pages end. ' : ''}
        Nobody is paged by it any more, and it holds no deploy back.
      </p>
      <p className="mute sm">
        Its versions and counts stay in the database, and alerts, incidents and postmortems go on telling of it. A new objective may be
        called <span className="mono">{slug}</span> and starts from nothing. This cannot be undone.
      </p>
    </Deletion>
  );
}
