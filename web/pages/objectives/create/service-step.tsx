import type { Answer } from '../../../api/contracts.ts';
import { SelectField, TextArea, TextField } from '../../../ui/form/field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { StepProps } from './create-page.tsx';

type Service = Answer<'catalog', 'listServices'>['items'][number];

export function ServiceStep({ draft, onChange, services }: StepProps & { services: readonly Service[] }) {
  return (
    <Panel title="1. Whose it is">
      <div className="stack tight">
        <div className="pair">
          <SelectField
            name="service"
            label="Service"
            value={draft.service}
            onChange={(event) => onChange({ ...draft, service: event.target.value })}
            options={services.map((service) => ({ value: service.slug, label: service.name }))}
          />
          <TextField
            name="name"
            label="Name"
            placeholder="Checkout availability"
            value={draft.name}
            onChange={(event) => onChange({ ...draft, name: event.target.value })}
            maxLength={120}
            required
          />
        </div>
        <TextArea
          name="description"
          label="What counts as good"
          hint="in words, for those who read it at night"
          rows={2}
          value={draft.description}
          onChange={(event) => onChange({ ...draft, description: event.target.value })}
        />
      </div>
    </Panel>
  );
}
