import { type KeyboardEvent, useState } from 'react';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { COMMAND_ENTER } from '../../lib/keys.ts';
import { Segments } from '../../ui/button.tsx';
import { SelectField, TextArea } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { FormFoot } from '../../ui/form/form-foot.tsx';
import { Note } from '../../ui/note.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { type IncidentDetail, STATUS_WORDS } from './incident-look.tsx';

type Body = Parameters<typeof api.incidents.postUpdate>[0]['body'];
type Status = Body['status'];

const STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const;

/** How it stands, for customers or for the team. Says to whom it goes; ⏎ alone never sends it. */
export function UpdateDialog({ incident, open, onClose }: { incident: IncidentDetail; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={(shown) => !shown && onClose()} title="Write an update">
      <UpdateForm incident={incident} onClose={onClose} />
    </Dialog>
  );
}

function UpdateForm({ incident, onClose }: { incident: IncidentDetail; onClose: () => void }) {
  const [audience, setAudience] = useState<'customers' | 'team'>('customers');
  const post = useAct((body: Body) => api.incidents.postUpdate({ params: { id: incident.id }, body }), {
    renews: ['incidents'],
    said: (update) => (update.audience === 'customers' ? 'Customers can read it now.' : 'The team can read it now.'),
    after: onClose,
  });
  const submit = (data: FormData) => post.mutate({ text: textOf(data, 'text'), status: textOf(data, 'status') as Status, audience });
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.form?.requestSubmit();
  };
  return (
    <Form problem={post.error} fields={['text', 'status', 'audience']} onSubmit={submit}>
      <Segments
        label="Audience"
        value={audience}
        onChange={setAudience}
        options={[
          { value: 'customers', label: 'Customers' },
          { value: 'team', label: 'Team' },
        ]}
      />
      <SelectField
        name="status"
        label="How it stands"
        defaultValue={incident.mitigatedAt === null ? (incident.publicStatus ?? 'investigating') : 'monitoring'}
        options={STATUSES.map((value) => ({ value, label: STATUS_WORDS[value] }))}
      />
      <TextArea
        name="text"
        label="Words"
        hint="what is broken, for whom, what we do, when we write again"
        rows={5}
        placeholder="Some card payments fail at checkout. Vouchers and invoices work. We have found the likely cause and are acting on it."
        onKeyDown={onKeyDown}
        required
      />
      {audience === 'customers' ? (
        <Note tone="hot" icon="globe">
          <p>
            <b className="strong">Goes to everybody:</b> the public status page and its feed. It restarts the clock for the next update.
          </p>
        </Note>
      ) : (
        <Note icon="people">
          <p>Only people who are signed in read it.</p>
        </Note>
      )}
      <FormFoot busy={post.isPending} onCancel={onClose} hotkey={COMMAND_ENTER}>
        {audience === 'customers' ? 'Publish to customers' : 'Tell the team'}
      </FormFoot>
    </Form>
  );
}
