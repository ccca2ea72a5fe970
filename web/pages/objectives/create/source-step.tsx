import { Check, SelectField, TextField } from '../../../ui/form/field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { StepProps } from './create-page.tsx';
import { isSliced, reshape } from './draft.ts';
import { type Condition, CONDITIONS, conditionsOf, needsSlices, shapesOf, SOURCES } from './kinds.ts';
import { Option } from './option.tsx';
import { QueryFields } from './query-fields.tsx';

/** Where counts come from, and what in them is good. */
export function SourceStep({ draft, onChange }: StepProps) {
  const shapes = shapesOf(draft.source);
  return (
    <Panel title="3. Where the counts come from">
      <div className="stack tight">
        <fieldset className="options">
          <legend className="sr">Source</legend>
          {SOURCES.map((source) => (
            <Option
              key={source.value}
              group="source"
              value={source.value}
              title={source.label}
              note={source.note}
              checked={draft.source === source.value}
              onChoose={() => onChange(reshape(draft, { source: source.value }))}
            />
          ))}
        </fieldset>
        <SelectField
          name="shape"
          label="Counted by"
          value={draft.shape}
          onChange={(event) => {
            const shape = shapes.find(({ value }) => value === event.target.value)?.value;
            if (shape !== undefined) onChange(reshape(draft, { shape }));
          }}
          options={shapes}
        />
        <QueryFields draft={draft} onChange={onChange} />
        <SliceFields draft={draft} onChange={onChange} />
        <TextField
          name="indicator.groupBy"
          label="Also by label"
          hint="optional; up to three, with commas between. One budget for each combination"
          placeholder="region"
          value={draft.groupBy}
          onChange={(event) => onChange({ ...draft, groupBy: event.target.value })}
        />
      </div>
    </Panel>
  );
}

/** Judged slice by slice: each slice of time is one event, good when a condition holds. */
function SliceFields({ draft, onChange }: StepProps) {
  const { slice } = draft;
  const change = (next: Partial<typeof slice>) => onChange({ ...draft, slice: { ...slice, ...next } });
  const conditionOf = (text: string): Condition => CONDITIONS.find(({ value }) => value === text)?.value ?? slice.when;
  return (
    <>
      {!needsSlices(draft.shape) && (
        <Check checked={draft.sliced} onChange={(event) => onChange({ ...draft, sliced: event.target.checked })}>
          Count slices of time instead of events
        </Check>
      )}
      {isSliced(draft) && (
        <div className="triple">
          <TextField
            name="indicator.slices.length"
            label="A slice of"
            value={slice.length}
            onChange={(event) => change({ length: event.target.value })}
          />
          <SelectField
            name="indicator.slices.when"
            label="is good when"
            value={slice.when}
            onChange={(event) => change({ when: conditionOf(event.target.value) })}
            options={conditionsOf(draft.shape)}
          />
          <TextField
            name="indicator.slices.threshold"
            label={slice.when === 'ratio_at_least' ? 'Percent' : 'Threshold'}
            inputMode="decimal"
            value={slice.threshold}
            onChange={(event) => change({ threshold: event.target.value })}
          />
        </div>
      )}
    </>
  );
}
