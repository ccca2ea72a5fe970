import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMay } from '../../frame/session.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { Chip } from '../../ui/mark.tsx';
import { Note, Snippet } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Ago } from '../../ui/time/time.tsx';

type Integration = Answer<'alerts', 'listIntegrations'>['items'][number];
type Created = Answer<'alerts', 'createIntegration'>;

/** Who may send alerts, when they last did, and a command to copy. */
export function Integrations() {
  const integrations = useQuery({ ...api.alerts.listIntegrations.query(), refetchInterval: 5000 });
  const may = useMay('editor');
  const [created, setCreated] = useState<Created>();
  return (
    <div className="cols">
      <div className="stack mid">
        {created !== undefined && (
          <Address created={created} seen={integrations.data?.items.find((one) => one.id === created.id)?.lastSignalAt ?? null} />
        )}
        <Panel title="Who may send alerts" flush>
          <Loaded query={integrations}>
            {({ items }) => (
              <ul className="list bare">
                {items.map((integration) => (
                  <Row key={integration.id} integration={integration} may={may} />
                ))}
                {items.length === 0 && <li className="mute">Nobody yet.</li>}
              </ul>
            )}
          </Loaded>
        </Panel>
      </div>
      {may && (
        <Panel title="New integration">
          <NewIntegration onCreated={setCreated} />
        </Panel>
      )}
    </div>
  );
}

function NewIntegration({ onCreated }: { onCreated: (created: Created) => void }) {
  const create = useAct((name: string) => api.alerts.createIntegration({ body: { name } }), { renews: ['alerts'], after: onCreated });
  return (
    <Form problem={create.error} fields={['name']} onSubmit={(data) => create.mutate(textOf(data, 'name'))}>
      <TextField name="name" label="Name" placeholder="Alertmanager" required />
      <div>
        <Button kind="primary" type="submit" busy={create.isPending}>
          Create
        </Button>
      </div>
    </Form>
  );
}

/** The address holds the key, so it is shown once; the commands work as they stand. */
function Address({ created, seen }: { created: Created; seen: string | null }) {
  const curl = `curl -X POST '${created.url}' -H 'Content-Type: application/json' \\
  -d '{"key":"first","status":"firing","severity":"ticket","summary":"The first alert"}'`;
  const alertmanager = `receivers:
  - name: nines
    webhook_configs:
      - url: ${created.url}`;
  return (
    <Panel title={created.name} icon="plug" end="the address is shown once">
      <div className="stack tight">
        <p className="soft">From a script, with anything that can post JSON:</p>
        <Snippet text={curl} />
        <p className="soft">From Alertmanager:</p>
        <Snippet text={alertmanager} />
        {seen === null ? (
          <span className="wait">
            <i />
            waiting for the first signal…
          </span>
        ) : (
          <Note tone="good">
            <p>
              The first signal arrived <Ago at={seen} />.
            </p>
          </Note>
        )}
      </div>
    </Panel>
  );
}

function Row({ integration, may }: { integration: Integration; may: boolean }) {
  const revoke = useAct(() => api.alerts.revokeIntegration({ params: { id: integration.id } }), {
    renews: ['alerts'],
    said: () => 'It may send no more.',
  });
  return (
    <li>
      <span className="grow">
        <b className="medium">{integration.name}</b> <span className="mono mute sm">…{integration.hint}</span>
        <br />
        <span className="mute sm">
          {integration.lastSignalAt === null ? (
            'no signal yet'
          ) : (
            <>
              last signal <Ago at={integration.lastSignalAt} />
            </>
          )}
        </span>
        <ProblemNote problem={revoke.error} what="Not revoked." />
      </span>
      {integration.revokedAt !== null && <Chip>revoked</Chip>}
      {integration.revokedAt === null && may && (
        <IconButton icon="cross" label={`Revoke ${integration.name}`} onClick={() => revoke.mutate(undefined)} />
      )}
    </li>
  );
}
