import { api } from '../../../api/client.ts';
import { useAct } from '../../../frame/act.ts';
import { SelectField, TextField } from '../../../ui/form/field.tsx';
import { Form, textOf } from '../../../ui/form/form.tsx';
import { FormFoot } from '../../../ui/form/form-foot.tsx';
import type { ApprovedService } from './approve-button.tsx';

type Body = Parameters<typeof api.releases.approveChange>[0]['body'];
type Kind = NonNullable<Body['kind']>;

/** A rollback needs no approval. */
const KINDS = ['deploy', 'config', 'flag', 'migration'] as const;
const HOURS = [4, 24, 72] as const;

export function ApproveForm({ service, onClose }: { service: ApprovedService; onClose: () => void }) {
  const approve = useAct((body: Body) => api.releases.approveChange({ params: { slug: service.slug }, body }), {
    renews: ['releases'],
    said: (approval) => `${approval.ref} may go out.`,
    after: onClose,
  });
  const submit = (data: FormData) =>
    approve.mutate({
      ref: textOf(data, 'ref'),
      kind: textOf(data, 'kind') as Kind,
      reason: textOf(data, 'reason'),
      hours: Number(textOf(data, 'hours')),
    });
  return (
    <Form problem={approve.error} fields={['ref', 'kind', 'reason', 'hours']} onSubmit={submit}>
      <TextField
        name="ref"
        label="Which change"
        hint="its commit or version, as the pipeline names it"
        placeholder="2026.47.2"
        className="mono"
        required
      />
      <SelectField name="kind" label="Kind" defaultValue="deploy" options={KINDS.map((value) => ({ value, label: value }))} />
      <TextField name="reason" label="Why it may go out" placeholder="Small, reviewed by two, and watched for half an hour" required />
      <SelectField
        name="hours"
        label="Counts for"
        defaultValue="24"
        options={HOURS.map((hours) => ({ value: String(hours), label: `${hours} hours` }))}
      />
      <p className="mute sm">
        Only this change passes, and only where the gate asks for an approval. The pipeline asks with{' '}
        <code className="mono">nines gate {service.slug} --ref …</code>
      </p>
      <FormFoot busy={approve.isPending} onCancel={onClose}>
        Approve
      </FormFoot>
    </Form>
  );
}
