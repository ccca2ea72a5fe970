import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMe } from '../../frame/session.ts';
import { duration } from '../../lib/words.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Empty, Note, Snippet } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Why } from '../../ui/why.tsx';
import { channelLook } from '../alerts/alert-look.tsx';
import { ContactMethodForm } from './contact-method-form.tsx';

type Method = Answer<'notify', 'listContactMethods'>['items'][number];

/** My contact methods in the order of their delays, each with a test that shows what came of it. */
export function Reach() {
  const me = useMe();
  const methods = useQuery(api.notify.listContactMethods.query({ params: { personId: me.id } }));
  const [secret, setSecret] = useState<string>();
  return (
    <div className="cols">
      <Panel title="How I am reached" end="in the order of their delays" flush>
        <Loaded query={methods}>
          {({ items }) =>
            items.length === 0 ? (
              <div className="pad">
                <Empty title="No contact method yet">
                  <p>Without one, a page falls back to the e-mail address of your account.</p>
                </Empty>
              </div>
            ) : (
              <ul className="list bare">
                {items
                  .toSorted((a, b) => a.delaySeconds - b.delaySeconds)
                  .map((method) => (
                    <MethodRow key={method.id} method={method} />
                  ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
      <div className="stack mid">
        <Panel title="Add a way">
          <ContactMethodForm onSecret={setSecret} />
        </Panel>
        {secret !== undefined && (
          <Note tone="caution" icon="key">
            <p>
              <b className="strong">The webhook’s signing secret, shown once.</b> Check the signature of each call with it.
            </p>
            <Snippet text={secret} />
          </Note>
        )}
      </div>
    </div>
  );
}

function MethodRow({ method }: { method: Method }) {
  const me = useMe();
  const params = { personId: me.id, id: method.id };
  const [deliveryId, setDeliveryId] = useState<string>();
  const test = useAct(() => api.notify.sendTest({ params }), { renews: ['notify'], after: ({ id }) => setDeliveryId(id) });
  const remove = useAct(() => api.notify.deleteContactMethod({ params }), { renews: ['notify'], said: () => 'Removed.' });
  const look = channelLook(method.channel);
  return (
    <li className="wrap">
      <Icon name={look.icon} />
      <span className="grow">
        <b className="medium">{look.word}</b> {method.channel !== 'app' && <span className="soft wrap-any">{method.target}</span>}
        <br />
        <span className="mute sm">{method.delaySeconds === 0 ? 'at once' : `after ${duration(method.delaySeconds * 1000)}`}</span>
        {deliveryId !== undefined && <TestResult id={deliveryId} />}
        <ProblemNote problem={test.error ?? remove.error} what="Not done." />
      </span>
      <Button busy={test.isPending} onClick={() => test.mutate(undefined)}>
        Send me a test
      </Button>
      <IconButton icon="cross" label={`Remove ${look.word} ${method.target}`} onClick={() => remove.mutate(undefined)} />
    </li>
  );
}

const SETTLED = ['delivered', 'failed', 'cancelled'];

function TestResult({ id }: { id: string }) {
  const delivery = useQuery({
    ...api.notify.getDelivery.query({ params: { id } }),
    refetchInterval: (query) => (query.state.data !== undefined && SETTLED.includes(query.state.data.state) ? false : 1000),
  });
  if (delivery.data === undefined) return null;
  const { state, because, attempts } = delivery.data;
  return (
    <span className="sm test-result" role="status">
      <span className={state === 'failed' ? 'tx-red' : state === 'sent' || state === 'delivered' ? 'tx-green' : 'soft'}>
        Test {state}: {because.text}
      </span>{' '}
      {attempts.length > 1 && (
        <Why
          ask={`${attempts.length} tries`}
          sum={attempts.map((one) => ({ label: `${one.attempt}. ${one.outcome ?? 'cut off'}`, value: one.reason ?? '—' }))}
        />
      )}
    </span>
  );
}
