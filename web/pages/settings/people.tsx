import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { useMay, useMe } from '../../frame/session.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/form/field.tsx';
import { Form, secretOf, textOf } from '../../ui/form/form.tsx';
import { Avatar, Chip } from '../../ui/mark.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { Panel } from '../../ui/panel.tsx';

type Person = Answer<'identity', 'listPeople'>['items'][number];
type Role = Person['role'];
type NewPerson = Parameters<typeof api.identity.createPerson>[0]['body'];

const ROLES = [
  { value: 'viewer', label: 'viewer: reads' },
  { value: 'responder', label: 'responder: takes pages, runs incidents' },
  { value: 'editor', label: 'editor: changes schedules, services, objectives' },
  { value: 'admin', label: 'admin: everything' },
];

export function People() {
  const people = useQuery(api.identity.listPeople.query({ query: { limit: 500 } }));
  const isAdmin = useMay('admin');
  const [edited, setEdited] = useState<Person | 'new'>();
  return (
    <>
      <Panel
        title="People"
        flush
        end={
          isAdmin && (
            <Button icon="plus" onClick={() => setEdited('new')}>
              Add a person
            </Button>
          )
        }
      >
        <Loaded query={people}>
          {({ items }) => (
            <ul className="list bare">
              {items.map((person) => (
                <Row key={person.id} person={person} onEdit={isAdmin ? () => setEdited(person) : undefined} />
              ))}
            </ul>
          )}
        </Loaded>
      </Panel>
      <Dialog
        open={edited !== undefined}
        onOpenChange={() => setEdited(undefined)}
        title={edited === undefined || edited === 'new' ? 'Add a person' : edited.name}
      >
        {edited === 'new' ? (
          <NewPersonForm onClose={() => setEdited(undefined)} />
        ) : (
          edited !== undefined && <EditForm person={edited} onClose={() => setEdited(undefined)} />
        )}
      </Dialog>
    </>
  );
}

function Row({ person, onEdit }: { person: Person; onEdit: (() => void) | undefined }) {
  const me = useMe();
  return (
    <li>
      <Avatar name={person.name} me={person.id === me.id} />
      <span className="grow">
        <b className="medium">{person.name}</b> {person.id === me.id && <span className="mute">you</span>}
        <br />
        <span className="mute sm">
          {person.email} · {person.zone}
        </span>
      </span>
      {person.disabledAt !== null && <Chip tone="slate">disabled</Chip>}
      <Chip>{person.role}</Chip>
      {onEdit !== undefined && <Button onClick={onEdit}>Edit</Button>}
    </li>
  );
}

function NewPersonForm({ onClose }: { onClose: () => void }) {
  const create = useAct((body: NewPerson) => api.identity.createPerson({ body }), {
    renews: ['identity'],
    said: (person) => `${person.name} is added.`,
    after: onClose,
  });
  const submit = (data: FormData) => {
    const password = secretOf(data, 'password');
    create.mutate({
      name: textOf(data, 'name'),
      email: textOf(data, 'email'),
      role: textOf(data, 'role') as Role,
      zone: textOf(data, 'zone'),
      ...(password !== '' && { password }),
    });
  };
  return (
    <Form problem={create.error} fields={['name', 'email', 'role', 'zone', 'password']} onSubmit={submit}>
      <TextField name="name" label="Name" required />
      <TextField name="email" label="E-mail" type="email" autoComplete="off" required />
      <SelectField name="role" label="Role" options={ROLES} defaultValue="responder" />
      <TextField name="zone" label="Time zone" defaultValue="UTC" />
      <TextField name="password" label="First password" hint="10 characters or more" type="password" autoComplete="new-password" />
      <div className="foot">
        <Button kind="primary" size="large" type="submit" busy={create.isPending}>
          Add
        </Button>
      </div>
    </Form>
  );
}

function EditForm({ person, onClose }: { person: Person; onClose: () => void }) {
  const update = useAct(
    (body: { name?: string; role?: Role; zone?: string; disabled?: boolean }) =>
      api.identity.updatePerson({ params: { id: person.id }, body }, { ifMatch: person.version }),
    { renews: ['identity'], after: onClose },
  );
  const submit = (data: FormData) =>
    update.mutate({ name: textOf(data, 'name'), role: textOf(data, 'role') as Role, zone: textOf(data, 'zone') });
  return (
    <Form problem={update.error} fields={['name', 'role', 'zone']} onSubmit={submit}>
      <TextField name="name" label="Name" defaultValue={person.name} required />
      <SelectField name="role" label="Role" options={ROLES} defaultValue={person.role} />
      <TextField name="zone" label="Time zone" defaultValue={person.zone} />
      <div className="foot">
        <Button kind="primary" size="large" type="submit" busy={update.isPending}>
          Save
        </Button>
        <Button size="large" busy={update.isPending} onClick={() => update.mutate({ disabled: person.disabledAt === null })}>
          {person.disabledAt === null ? 'Disable' : 'Enable again'}
        </Button>
      </div>
    </Form>
  );
}
