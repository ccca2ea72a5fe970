import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { useMe } from '../../frame/session.ts';
import { slugOf } from '../../lib/slug.ts';
import { SelectField, TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { FormFoot } from '../../ui/form/form-foot.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import type { Schedule } from './on-call-page.tsx';
import { type PersonChoice, PersonOrder } from './person-order.tsx';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map((label, at) => ({
  value: String(at + 1),
  label,
}));
const FIELDS = ['name', 'zone', 'handoffDay', 'handoffTime', 'startsOn', 'weeksPerShift', 'participants'];

/** Creates a weekly rotation, or changes one. */
export function ScheduleDialog({ open, onClose, schedule }: { open: boolean; onClose: () => void; schedule: Schedule | undefined }) {
  return (
    <Dialog
      open={open}
      onOpenChange={(shown) => !shown && onClose()}
      title={schedule === undefined ? 'New schedule' : `Edit ${schedule.name}`}
    >
      <People schedule={schedule} onClose={onClose} />
    </Dialog>
  );
}

function People({ schedule, onClose }: { schedule: Schedule | undefined; onClose: () => void }) {
  const people = useQuery(api.identity.listPeople.query({ query: { limit: 500 } }));
  return <Loaded query={people}>{({ items }) => <ScheduleForm schedule={schedule} people={items} onClose={onClose} />}</Loaded>;
}

type Body = Parameters<typeof api.oncall.putSchedule>[0]['body'];

function ScheduleForm({
  schedule,
  people,
  onClose,
}: {
  schedule: Schedule | undefined;
  people: readonly PersonChoice[];
  onClose: () => void;
}) {
  const me = useMe();
  const [turns, setTurns] = useState<string[]>(schedule?.definition.participants.map((person) => person.id) ?? [me.id]);
  const put = useAct(
    ({ slug, body }: { slug: string; body: Body }) =>
      api.oncall.putSchedule({ params: { slug }, body }, schedule === undefined ? {} : { ifMatch: schedule.version }),
    { renews: ['oncall', 'escalation'], said: (saved) => `${saved.name} is saved.`, after: onClose },
  );
  const submit = (data: FormData) => {
    const name = textOf(data, 'name');
    put.mutate({
      slug: schedule?.slug ?? slugOf(name),
      body: {
        name,
        zone: textOf(data, 'zone'),
        participants: turns,
        handoffDay: Number(textOf(data, 'handoffDay')),
        handoffTime: textOf(data, 'handoffTime'),
        startsOn: textOf(data, 'startsOn'),
        weeksPerShift: Number(textOf(data, 'weeksPerShift')),
      },
    });
  };
  const known = schedule?.definition;
  return (
    <Form problem={put.error} fields={FIELDS} onSubmit={submit}>
      <TextField name="name" label="Name" defaultValue={schedule?.name ?? ''} placeholder="Payments primary" required />
      <PersonOrder label="Turns, in order" people={people} value={turns} onChange={setTurns} />
      <div className="pair">
        <SelectField name="handoffDay" label="Hands over on" options={DAYS} defaultValue={String(known?.handoffDay ?? 1)} />
        <TextField name="handoffTime" label="At" type="time" defaultValue={known?.handoffTime ?? '09:00'} required />
      </div>
      <div className="pair">
        <TextField name="weeksPerShift" label="Weeks per turn" type="number" min={1} max={26} defaultValue={known?.weeksPerShift ?? 1} />
        <TextField
          name="startsOn"
          label="Starts on"
          type="date"
          defaultValue={known?.startsOn ?? new Date().toISOString().slice(0, 10)}
          required
        />
      </div>
      <TextField name="zone" label="Time zone" hint="of the hand-over" defaultValue={known?.zone ?? me.zone} required />
      <FormFoot busy={put.isPending} onCancel={onClose}>
        Save
      </FormFoot>
    </Form>
  );
}
