import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { slugOf } from '../../lib/slug.ts';
import { viewerZone } from '../../lib/zone.ts';
import { Check, SelectField, TextArea, TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { FormFoot } from '../../ui/form/form-foot.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import type { Service } from './services-page.tsx';

type Body = Parameters<typeof api.catalog.putService>[0]['body'];

const TIERS = [
  { value: '1', label: 'Tier 1: critical' },
  { value: '2', label: 'Tier 2: important' },
  { value: '3', label: 'Tier 3: useful' },
  { value: '4', label: 'Tier 4: best effort' },
];

/** Creates a service or changes one. Its slug stays as it was made. */
export function ServiceDialog({ service, onClose }: { service: Service | undefined; onClose: () => void }) {
  const put = useAct(
    ({ slug, body }: { slug: string; body: Body }) =>
      api.catalog.putService({ params: { slug }, body }, service === undefined ? {} : { ifMatch: service.version }),
    { renews: ['catalog', 'slo'], said: (saved) => `${saved.name} is saved.`, after: onClose },
  );
  const submit = (data: FormData) => {
    const name = textOf(data, 'name');
    put.mutate({
      slug: service?.slug ?? slugOf(name),
      body: {
        name,
        tier: Number(textOf(data, 'tier')),
        owner: textOf(data, 'owner'),
        description: textOf(data, 'description'),
        zone: textOf(data, 'zone'),
        links: service?.links ?? [],
        public: data.get('public') !== null,
      },
    });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={service === undefined ? 'New service' : `Edit ${service.name}`}>
      <Form problem={put.error} fields={['name', 'tier', 'owner', 'description', 'zone', 'public']} onSubmit={submit}>
        <TextField name="name" label="Name" defaultValue={service?.name ?? ''} placeholder="Checkout" required />
        <div className="pair">
          <SelectField name="tier" label="Tier" options={TIERS} defaultValue={String(service?.tier ?? 2)} />
          <TextField name="owner" label="Owner" hint="a team" defaultValue={service?.owner ?? ''} required />
        </div>
        <TextArea name="description" label="What it does" defaultValue={service?.description ?? ''} rows={2} />
        <TextField name="zone" label="Time zone" hint="in which it is or is not Friday" defaultValue={service?.zone ?? viewerZone()} />
        <Check name="public" defaultChecked={service?.public ?? false}>
          Show it to customers on the status page
        </Check>
        <FormFoot busy={put.isPending} onCancel={onClose}>
          Save
        </FormFoot>
      </Form>
    </Dialog>
  );
}
