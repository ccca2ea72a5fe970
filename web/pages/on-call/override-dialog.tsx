import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { useMe } from '../../frame/session.ts';
import { nowMs } from '../../lib/clock.ts';
import { SelectField, TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { FormFoot } from '../../ui/form/form-foot.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { instantOf, localInput } from './local-input.ts';
import type { Schedule } from './on-call-page.tsx';

const HOUR_MS = 3_600_000;

/** Puts somebody on call for a span. Overrides win over the rotation; the newest wins over older ones. */
export function OverrideDialog({ open, onClose, schedule }: { open: boolean; onClose: () => void; schedule: Schedule }) {
  return (
    <Dialog open={open} onOpenChange={(shown) => !shown && onClose()} title={`Override ${schedule.name}`} narrow>
      <OverrideForm schedule={schedule} onClose={onClose} />
    </Dialog>
  );
}

function OverrideForm({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const me = useMe();
  const people = useQuery(api.identity.listPeople.query({ query: { limit: 500 } }));
  const create = useAct(
    (body: { personId: string; startsAt: string; endsAt: string; reason: string }) =>
      api.oncall.createOverride({ params: { slug: schedule.slug }, body }),
    {
      renews: ['oncall'],
      said: (made) => `${made.person.id === me.id ? 'You carry' : `${made.person.name} carries`} the phone for that span.`,
      after: onClose,
    },
  );
  const start = Math.ceil(nowMs() / HOUR_MS) * HOUR_MS;
  const submit = (data: FormData) =>
    create.mutate({
      personId: textOf(data, 'personId'),
      startsAt: instantOf(textOf(data, 'startsAt')),
      endsAt: instantOf(textOf(data, 'endsAt')),
      reason: textOf(data, 'reason'),
    });
  return (
    <Loaded query={people}>
      {({ items }) => (
        <Form problem={create.error} fields={['personId', 'startsAt', 'endsAt', 'reason']} onSubmit={submit}>
          <SelectField
            name="personId"
            label="Who"
            defaultValue={me.id}
            options={items
              .filter((person) => person.disabledAt === null)
              .map((person) => ({ value: person.id, label: person.id === me.id ? `${person.name} (you)` : person.name }))}
          />
          <TextField name="startsAt" label="From" hint="your own time" type="datetime-local" defaultValue={localInput(start)} required />
          <TextField name="endsAt" label="Until" type="datetime-local" defaultValue={localInput(start + 8 * HOUR_MS)} required />
          <TextField name="reason" label="Reason" hint="optional; others see it" maxLength={500} />
          <FormFoot busy={create.isPending} onCancel={onClose}>
            Override
          </FormFoot>
        </Form>
      )}
    </Loaded>
  );
}
