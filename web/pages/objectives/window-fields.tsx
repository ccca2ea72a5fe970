import { useId } from 'react';
import { Segments } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/form/field.tsx';
import { CALENDAR_UNITS, type WindowDraft } from './window-draft.ts';

const KINDS = [
  { value: 'rolling', label: 'Rolling' },
  { value: 'calendar', label: 'Calendar' },
] as const;

/** A rolling length, or a calendar period of a time zone. */
export function WindowFields({ draft, onChange }: { draft: WindowDraft; onChange: (draft: WindowDraft) => void }) {
  const id = useId();
  return (
    <div className="window-fields">
      <div className="field">
        <span id={id}>Window</span>
        <Segments label="Window" options={KINDS} value={draft.kind} onChange={(kind) => onChange({ ...draft, kind })} />
      </div>
      {draft.kind === 'rolling' ? (
        <TextField
          name="window"
          label="Length"
          hint="1h to 366d, as 30d"
          value={draft.rolling}
          list={`${id}l`}
          onChange={(event) => onChange({ ...draft, rolling: event.target.value })}
        />
      ) : (
        <>
          <SelectField
            name="window"
            label="Period"
            value={draft.calendar}
            onChange={(event) => {
              const calendar = CALENDAR_UNITS.find((unit) => unit === event.target.value);
              if (calendar !== undefined) onChange({ ...draft, calendar });
            }}
            options={CALENDAR_UNITS.map((unit) => ({ value: unit, label: unit }))}
          />
          <TextField
            name="window.timeZone"
            label="Time zone"
            value={draft.timeZone}
            onChange={(event) => onChange({ ...draft, timeZone: event.target.value })}
          />
        </>
      )}
      <datalist id={`${id}l`}>
        {['1d', '7d', '28d', '30d', '90d'].map((length) => (
          <option key={length} value={length}>
            {length}
          </option>
        ))}
      </datalist>
    </div>
  );
}
