import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { Chip } from '../../ui/mark.tsx';
import { Note, Snippet } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Time } from '../../ui/time/time.tsx';

type Key = Answer<'identity', 'listKeys'>['items'][number];
type Created = Answer<'identity', 'createKey'>;
type Body = Parameters<typeof api.identity.createKey>[0]['body'];

const ROLES = ['viewer', 'responder', 'editor', 'admin'].map((value) => ({ value, label: value }));

/** Keys for programs. Each can be narrowed to the operations it needs. */
export function Keys() {
  const keys = useQuery(api.identity.listKeys.query({ query: { limit: 200 } }));
  const [created, setCreated] = useState<Created>();
  return (
    <div className="cols">
      <div className="stack mid">
        {created !== undefined && (
          <Note tone="caution" icon="key">
            <p>
              <b className="strong">{created.name}: the key, shown once.</b> Send it as a bearer token.
            </p>
            <Snippet text={created.key} />
          </Note>
        )}
        <Panel title="API keys" flush>
          <Loaded query={keys}>
            {({ items }) => (
              <ul className="list bare">
                {items.map((key) => (
                  <Row key={key.id} apiKey={key} />
                ))}
                {items.length === 0 && <li className="mute">No key yet.</li>}
              </ul>
            )}
          </Loaded>
        </Panel>
      </div>
      <Panel title="New key">
        <NewKey onCreated={setCreated} />
      </Panel>
    </div>
  );
}

function NewKey({ onCreated }: { onCreated: (created: Created) => void }) {
  const create = useAct((body: Body) => api.identity.createKey({ body }), { renews: ['identity'], after: onCreated });
  const submit = (data: FormData) =>
    create.mutate({
      name: textOf(data, 'name'),
      role: textOf(data, 'role') as Body['role'],
      operations: textOf(data, 'operations')
        .split(/[\s,]+/)
        .filter((operation) => operation !== ''),
    });
  return (
    <Form problem={create.error} fields={['name', 'role', 'operations']} onSubmit={submit}>
      <TextField name="name" label="Name" placeholder="release train" required />
      <SelectField name="role" label="Role" options={ROLES} defaultValue="responder" />
      <TextField
        name="operations"
        label="Only these operations"
        hint="optional; with commas"
        placeholder="changes.recordChange, releases.getGate"
      />
      <div>
        <Button kind="primary" type="submit" busy={create.isPending}>
          Create
        </Button>
      </div>
    </Form>
  );
}

function Row({ apiKey }: { apiKey: Key }) {
  const revoke = useAct(() => api.identity.revokeKey({ params: { id: apiKey.id } }), {
    renews: ['identity'],
    said: () => 'The key is revoked.',
  });
  return (
    <li>
      <span className="grow">
        <b className="medium">{apiKey.name}</b> <span className="mono mute sm">…{apiKey.hint}</span>
        <br />
        <span className="mute sm">
          made <Time at={apiKey.createdAt} shape="day" />
          {apiKey.operations.length > 0 && `, only ${apiKey.operations.join(', ')}`}
        </span>
        <ProblemNote problem={revoke.error} what="Not revoked." />
      </span>
      <Chip>{apiKey.role}</Chip>
      {apiKey.revokedAt === null ? (
        <IconButton icon="cross" label={`Revoke ${apiKey.name}`} onClick={() => revoke.mutate(undefined)} />
      ) : (
        <Chip tone="slate">revoked</Chip>
      )}
    </li>
  );
}
