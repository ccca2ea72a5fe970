import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { slugOf } from '../../lib/slug.ts';
import { Check, TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { FormFoot } from '../../ui/form/form-foot.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import type { Schedule } from './on-call-page.tsx';
import type { PersonChoice } from './person-order.tsx';
import type { Policy } from './policy-panel.tsx';
import { type StepDraft, StepEditor } from './step-editor.tsx';

type Body = Parameters<typeof api.escalation.putPolicy>[0]['body'];

export function PolicyDialog({
  policy,
  schedules,
  onClose,
}: {
  policy: Policy | undefined;
  schedules: readonly Schedule[];
  onClose: () => void;
}) {
  const people = useQuery(api.identity.listPeople.query({ query: { limit: 500 } }));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={policy === undefined ? 'New policy' : `Edit ${policy.name}`}>
      <Loaded query={people}>{({ items }) => <PolicyForm policy={policy} schedules={schedules} people={items} onClose={onClose} />}</Loaded>
    </Dialog>
  );
}

function draftsOf(policy: Policy | undefined, schedules: readonly Schedule[]): StepDraft[] {
  const known = policy?.steps.map((step) => ({
    targets: step.targets.map((target) => `${target.kind}:${target.ref}`),
    minutes: step.delaySeconds / 60,
  }));
  const first = schedules[0];
  return known ?? (first === undefined ? [] : [{ targets: [`schedule:${first.slug}`], minutes: 15 }]);
}

function stepsOf(drafts: readonly StepDraft[]): Body['steps'] {
  return drafts.map((draft) => ({
    targets: draft.targets.map((target) => {
      const [kind, ref = ''] = target.split(':');
      return kind === 'person' ? { kind: 'person', personId: ref } : { kind: 'schedule', slug: ref };
    }),
    delaySeconds: Math.round(draft.minutes * 60),
  }));
}

function PolicyForm({
  policy,
  schedules,
  people,
  onClose,
}: {
  policy: Policy | undefined;
  schedules: readonly Schedule[];
  people: readonly PersonChoice[];
  onClose: () => void;
}) {
  const [drafts, setDrafts] = useState(draftsOf(policy, schedules));
  const put = useAct(
    ({ slug, body }: { slug: string; body: Body }) =>
      api.escalation.putPolicy({ params: { slug }, body }, policy === undefined ? {} : { ifMatch: policy.version }),
    { renews: ['escalation'], said: (saved) => `${saved.name} is saved.`, after: onClose },
  );
  const submit = (data: FormData) => {
    const name = textOf(data, 'name');
    put.mutate({
      slug: policy?.slug ?? slugOf(name),
      body: {
        name,
        steps: stepsOf(drafts),
        repeats: Number(textOf(data, 'repeats')),
        services: textOf(data, 'services')
          .split(/[\s,]+/)
          .filter((slug) => slug !== ''),
        isDefault: data.get('isDefault') !== null,
      },
    });
  };
  return (
    <Form problem={put.error} fields={['name', 'repeats', 'services']} onSubmit={submit}>
      <TextField name="name" label="Name" defaultValue={policy?.name ?? ''} placeholder="Payments" required />
      <StepEditor drafts={drafts} onChange={setDrafts} schedules={schedules} people={people} />
      <TextField
        name="repeats"
        label="Then again, times"
        hint="before the fallback contact is alarmed"
        type="number"
        min={0}
        max={9}
        defaultValue={policy?.repeats ?? 1}
      />
      <TextField name="services" label="Services" hint="slugs, with commas" defaultValue={policy?.services.join(', ') ?? ''} />
      <Check name="isDefault" defaultChecked={policy?.isDefault ?? true}>
        Also for every alert that no other policy covers
      </Check>
      <FormFoot busy={put.isPending} onCancel={onClose}>
        Save
      </FormFoot>
    </Form>
  );
}
