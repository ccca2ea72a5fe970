import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { useMe } from '../../frame/session.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';

type Body = Parameters<typeof api.notify.createContactMethod>[0]['body'];
type Channel = Body['channel'];

const DELAYS = [0, 30, 60, 120, 300, 600].map((seconds) => ({
  value: String(seconds),
  label: seconds === 0 ? 'at once' : seconds < 60 ? `after ${seconds} s` : `after ${seconds / 60} min`,
}));

export function ContactMethodForm({ onSecret }: { onSecret: (secret: string | undefined) => void }) {
  const me = useMe();
  const [channel, setChannel] = useState<Channel>('email');
  const create = useAct((body: Body) => api.notify.createContactMethod({ params: { personId: me.id }, body }), {
    renews: ['notify'],
    said: () => 'Added. Send yourself a test.',
    after: ({ secret }) => onSecret(secret ?? undefined),
  });
  const submit = (data: FormData) => create.mutate(bodyOf(channel, textOf(data, 'target'), Number(textOf(data, 'delaySeconds'))));
  return (
    <Form problem={create.error} fields={['target', 'delaySeconds']} onSubmit={submit}>
      <Segments
        label="Channel"
        value={channel}
        onChange={setChannel}
        options={[
          { value: 'email', label: 'E-mail' },
          { value: 'webhook', label: 'Webhook' },
          { value: 'app', label: 'In Nines' },
        ]}
      />
      {channel === 'email' && <TextField key="email" name="target" label="Address" type="email" defaultValue={me.email} required />}
      {channel === 'webhook' && (
        <TextField key="webhook" name="target" label="Address" type="url" placeholder="https://example.com/hooks/page" required />
      )}
      <SelectField name="delaySeconds" label="When a page starts" options={DELAYS} />
      <div>
        <Button kind="primary" type="submit" busy={create.isPending}>
          Add
        </Button>
      </div>
    </Form>
  );
}

function bodyOf(channel: Channel, target: string, delaySeconds: number): Body {
  switch (channel) {
    case 'app':
      return { channel, delaySeconds };
    case 'email':
      return { channel, target, delaySeconds };
    case 'webhook':
      return { channel, target, delaySeconds };
  }
}
