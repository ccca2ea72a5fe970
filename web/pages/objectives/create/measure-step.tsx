import { useState } from 'react';
import { SelectField } from '../../../ui/form/field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { StepProps } from './create-page.tsx';
import { reshape } from './draft.ts';
import { SERVICE_KINDS, SLIS } from './kinds.ts';
import { Option } from './option.tsx';

/** What is measured; what is usual for the kind of service stands first. */
export function MeasureStep({ draft, onChange }: StepProps) {
  const [kind, setKind] = useState('api');
  const suggests = SERVICE_KINDS.find(({ value }) => value === kind)?.suggests ?? [];
  const place = (value: (typeof SLIS)[number]['value']) => {
    const at = suggests.indexOf(value);
    return at === -1 ? SLIS.length : at;
  };
  const ordered = SLIS.toSorted((a, b) => place(a.value) - place(b.value));
  return (
    <Panel title="2. What it measures">
      <div className="stack tight">
        <SelectField
          name="serviceKind"
          label="Kind of service"
          value={kind}
          onChange={(event) => {
            const next = SERVICE_KINDS.find(({ value }) => value === event.target.value);
            setKind(event.target.value);
            const first = next?.suggests[0];
            if (first !== undefined) onChange(reshape(draft, { sli: first }));
          }}
          options={SERVICE_KINDS}
        />
        <fieldset className="options">
          <legend className="sr">What it measures</legend>
          {ordered.map((sli) => (
            <Option
              key={sli.value}
              group="sli"
              value={sli.value}
              title={sli.label}
              note={sli.counts}
              usual={suggests.includes(sli.value)}
              checked={draft.sli === sli.value}
              onChoose={() => onChange(reshape(draft, { sli: sli.value }))}
            />
          ))}
        </fieldset>
      </div>
    </Panel>
  );
}
