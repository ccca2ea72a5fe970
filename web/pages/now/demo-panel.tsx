import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useAct } from '../../frame/act.ts';
import { explain } from '../../frame/page.tsx';
import { useMay, useSession } from '../../frame/session.ts';
import { duration } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';

type Demo = Answer<'demo', 'state'>;

/** On a demo installation: break the shop, watch the page come, and roll it back. */
export function DemoPanel() {
  const { demo } = useSession();
  return demo ? <Controls /> : null;
}

function Controls() {
  const state = useQuery({ ...api.demo.state.query(), refetchInterval: 5000 });
  const may = useMay('responder');
  const renews = ['demo', 'slo', 'changes', 'alerts', 'escalation'] as const;
  const outage = useAct(() => api.demo.outage(), { renews, said: () => 'The broken release is live. The page comes within two minutes.' });
  const rollBack = useAct(() => api.demo.rollback(), { renews, said: () => 'Checkout is back on its last good release.' });
  if (state.data === undefined) return null;
  const demo = state.data;
  return (
    <div className="demo-panel">
      <Note
        icon="practice"
        tone={demo.phase === 'failed' ? 'bad' : 'plain'}
        act={
          may &&
          (demo.mayRollBack ? (
            <Button icon="undo" busy={rollBack.isPending} onClick={() => rollBack.mutate(undefined)}>
              Roll back
            </Button>
          ) : (
            <Button icon="incident" busy={outage.isPending} disabled={!demo.mayOutage} onClick={() => outage.mutate(undefined)}>
              Simulate an outage
            </Button>
          ))
        }
      >
        <p>
          <b className="strong">Demo.</b> {words(demo)}
        </p>
        {(outage.error ?? rollBack.error) !== null && <p className="tx-red">{explain(outage.error ?? rollBack.error)}</p>}
      </Note>
    </div>
  );
}

function words(demo: Demo): string {
  if (demo.phase === 'loading') return `The sample company is loading; ${duration(demo.historySeconds * 1000)} of history are in.`;
  if (demo.phase === 'failed') return demo.because.text;
  if (demo.outage) return 'The broken release of checkout is live: cards fail. Take the page, declare, and roll it back.';
  return demo.mayOutage
    ? `The shop runs version ${demo.shop.version ?? 'unknown'} with real orders. Break its checkout and watch what happens.`
    : demo.because.text;
}
