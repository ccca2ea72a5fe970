import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { useMe } from '../../frame/session.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { ActionTable } from '../actions/action-table.tsx';
import type { PostmortemDetail } from './postmortem-look.tsx';

type Body = Parameters<typeof api.postmortems.addAction>[0]['body'];

const KINDS = [
  { value: 'prevent', label: 'prevent: it cannot happen again' },
  { value: 'detect', label: 'detect: seen sooner' },
  { value: 'mitigate', label: 'mitigate: hurts less' },
  { value: 'process', label: 'process: we work better' },
];

/** What will be done: one owner, one date each. */
export function Actions({ postmortem, may }: { postmortem: PostmortemDetail; may: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="block">
      {postmortem.actions.length === 0 ? <p className="in mute">No action yet.</p> : <ActionTable actions={postmortem.actions} />}
      {may && (
        <div className="in">
          <Button icon="plus" onClick={() => setOpen(true)}>
            Add an action
          </Button>
        </div>
      )}
      <Dialog open={open} onOpenChange={setOpen} title="Add an action">
        <ActionForm postmortem={postmortem} onClose={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

function ActionForm({ postmortem, onClose }: { postmortem: PostmortemDetail; onClose: () => void }) {
  const me = useMe();
  const people = useQuery(api.identity.listPeople.query({ query: { limit: 500 } }));
  const add = useAct((body: Body) => api.postmortems.addAction({ params: { id: postmortem.id }, body }), {
    renews: ['postmortems'],
    after: onClose,
  });
  const submit = (data: FormData) =>
    add.mutate({
      title: textOf(data, 'title'),
      kind: textOf(data, 'kind') as Body['kind'],
      ownerId: textOf(data, 'ownerId'),
      due: textOf(data, 'due'),
    });
  return (
    <Loaded query={people}>
      {({ items }) => (
        <Form problem={add.error} fields={['title', 'kind', 'ownerId', 'due']} onSubmit={submit}>
          <TextField
            name="title"
            label="What will be done"
            hint="starts with a verb, and shows when it is done"
            placeholder="Judge canaries per payment kind"
            maxLength={300}
            required
          />
          <SelectField name="kind" label="Kind" options={KINDS} />
          <div className="pair">
            <SelectField
              name="ownerId"
              label="Owner"
              defaultValue={me.id}
              options={items.map((person) => ({ value: person.id, label: person.name }))}
            />
            <TextField name="due" label="Due" type="date" required />
          </div>
          <div className="foot">
            <Button kind="primary" size="large" type="submit" busy={add.isPending}>
              Add
            </Button>
          </div>
        </Form>
      )}
    </Loaded>
  );
}
