import { useState } from 'react';
import { SelectField } from '../../../ui/form/field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { StepProps } from './create-page.tsx';
import { reshape } from './draft.ts';
import { SERVICE_KINDS, SLIS } from './kinds.ts';

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
            <label key={sli.value} className="option">
              <input
                type="radio"
                name="sli"
                value={sli.value}
                checked={draft.sli === sli.value}
                onChange={() => onChange(reshape(draft, { sli: sli.value }))}
              />
              <span>
                <b className="medium">{sli.label}</b>
                {suggests.includes(sli.value) && <span className="usual">usual here</span>}
                <span className="mute sm">{sli.counts}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </div>
    </Panel>
  );
}
