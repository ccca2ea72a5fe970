import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { slugOf } from '../../lib/slug.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextArea, TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { Note } from '../../ui/note.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';

type Body = Parameters<typeof api.slo.putObjective>[0]['body'];

/** An objective whose counts are pushed. Counts made of OTLP metrics are written as configuration. */
export function NewObjectiveDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={(shown) => !shown && onClose()} title="New objective">
      <ObjectiveForm onClose={onClose} />
    </Dialog>
  );
}

function ObjectiveForm({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const services = useQuery(api.catalog.listServices.query({ query: { limit: 500 } }));
  const put = useAct(({ slug, body }: { slug: string; body: Body }) => api.slo.putObjective({ params: { slug }, body }), {
    renews: ['slo'],
    after: ({ slug }) => {
      onClose();
      void navigate({ to: '/objectives/$slug', params: { slug } });
    },
  });
  const submit = (data: FormData) => {
    const name = textOf(data, 'name');
    put.mutate({
      slug: slugOf(name),
      body: {
        service: textOf(data, 'service'),
        name,
        description: textOf(data, 'description'),
        // A percentage to be read, a ratio to be counted with; rounded where binary fractions would show.
        target: Number((Number(textOf(data, 'target')) / 100).toFixed(9)),
        window: textOf(data, 'window'),
        indicator: { kind: 'counts' },
      },
    });
  };
  return (
    <Loaded query={services}>
      {({ items }) =>
        items.length === 0 ? (
          <Note>
            <p>An objective belongs to a service. Name the service first, under Services.</p>
          </Note>
        ) : (
          <Form problem={put.error} fields={['service', 'name', 'target', 'window', 'description']} onSubmit={submit}>
            <TextField name="name" label="Name" placeholder="Checkout availability" required />
            <SelectField name="service" label="Service" options={items.map((service) => ({ value: service.slug, label: service.name }))} />
            <div className="pair">
              <TextField
                name="target"
                label="Target"
                hint="percent of events that are good"
                inputMode="decimal"
                defaultValue="99.9"
                required
              />
              <SelectField
                name="window"
                label="Over"
                defaultValue="30d"
                options={['7d', '28d', '30d', '90d'].map((value) => ({ value, label: `${value.slice(0, -1)} days` }))}
              />
            </div>
            <TextArea name="description" label="What counts as good" hint="in words, for those who read it at night" rows={2} />
            <div className="foot">
              <Button kind="primary" size="large" type="submit" busy={put.isPending}>
                Create
              </Button>
              <Button size="large" onClick={onClose}>
                Cancel
              </Button>
            </div>
          </Form>
        )
      }
    </Loaded>
  );
}
