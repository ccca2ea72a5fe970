import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { useAct } from '../../../frame/act.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/overlay/dialog.tsx';
import type { Objective } from '../objective-look.ts';

/** Takes an objective away, after saying what that means. */
export function DeleteObjective({ objective }: { objective: Objective }) {
  const [isAsked, setAsked] = useState(false);
  const navigate = useNavigate();
  const { slug, version, name, state } = objective;
  const remove = useAct(() => api.slo.deleteObjective({ params: { slug } }, { ifMatch: version }), {
    renews: ['slo', 'alerts', 'escalation', 'releases'],
    said: () => `${name} is deleted.`,
    after: () => void navigate({ to: '/objectives' }),
  });
  return (
    <>
      <Button kind="ghost" onClick={() => setAsked(true)}>
        Delete
      </Button>
      <Dialog narrow open={isAsked} onOpenChange={setAsked} title={`Delete ${name}?`}>
        <div className="stack tight">
          <p>
            {state === 'firing' ? 'It is burning now: its alerts and their pages end. ' : ''}
            Nobody is paged by it any more, and it holds no deploy back.
          </p>
          <p className="mute sm">
            Its versions and counts stay in the database, and alerts, incidents and postmortems go on telling of it. A new objective may be
            called {slug} and starts from nothing. This cannot be undone.
          </p>
          <ProblemNote problem={remove.error} what="Not deleted." />
          <div className="foot">
            <Button size="large" busy={remove.isPending} onClick={() => remove.mutate(undefined)}>
              Delete it
            </Button>
            <Button kind="ghost" size="large" onClick={() => setAsked(false)}>
              Keep it
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}
