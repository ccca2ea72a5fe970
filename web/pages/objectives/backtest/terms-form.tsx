import { ApiProblem } from '../../../api/problem.ts';
import { Button } from '../../../ui/button.tsx';
import { SelectField, TextField } from '../../../ui/form/field.tsx';
import { Form, type FormProblem } from '../../../ui/form/form.tsx';
import { PAIR_NAMES, pairProblems, placePair } from '../pairs/pair-draft.ts';
import { PairFields } from '../pairs/pair-fields.tsx';
import { rollingMs } from '../window-draft.ts';
import { WindowFields } from '../window-fields.tsx';
import { CHOICES, GAPS, isTarget, presetChosen, type TermsDraft, usualOf } from './terms.ts';

/** Target, window, gaps and alerting to try. What is written is tried when one pauses. */
export function TermsForm(props: {
  draft: TermsDraft;
  governing: TermsDraft;
  onChange: (draft: TermsDraft) => void;
  problem: Error | null;
}) {
  const { draft, governing, onChange } = props;
  const { placed } = placeRefused(props.problem);
  const told = [...(isTarget(draft.target) ? [] : [NO_TARGET]), ...(draft.preset === 'own' ? pairProblems(draft.pairs) : [])];
  const fields = told.length === 0 ? placed : told;
  return (
    <Form
      onSubmit={() => undefined}
      label="Terms to try"
      className="terms-form"
      problem={fields.length === 0 ? null : { message: '', fields }}
      fields={NAMES}
    >
      <TextField
        name="target"
        label="Target"
        hint="percent"
        inputMode="decimal"
        value={draft.target}
        onChange={(event) => onChange({ ...draft, target: event.target.value })}
      />
      <WindowFields draft={draft.window} onChange={(window) => onChange({ ...draft, window })} />
      <SelectField
        name="gaps"
        label="Time without data is"
        value={draft.gaps}
        onChange={(event) => onChange({ ...draft, gaps: GAPS.find(({ value }) => value === event.target.value)?.value ?? 'gap' })}
        options={GAPS}
      />
      <SelectField
        name="alerting"
        label="Alerts"
        value={draft.preset}
        onChange={(event) => onChange({ ...draft, ...presetChosen(event.target.value, draft) })}
        options={CHOICES}
      />
      <Button kind="ghost" onClick={() => onChange(governing)} disabled={draft === governing}>
        Back to governing
      </Button>
      {draft.preset === 'own' && (
        <PairFields
          pairs={draft.pairs}
          usual={usualOf(draft)}
          onChange={(pairs) => onChange({ ...draft, pairs })}
          periodMs={rollingMs(draft.window)}
        />
      )}
    </Form>
  );
}

const NO_TARGET = { path: 'target', message: 'must lie between 0 and 100 %: 100 % would leave no budget' };
const NAMES = ['target', 'window', 'gaps', 'alerting', ...PAIR_NAMES];

/** What a refusal says of fields of this form; `isAll` where it says nothing else. */
export function placeRefused(problem: Error | null): { placed: FormProblem['fields']; isAll: boolean } {
  const fields = problem instanceof ApiProblem ? problem.fields : [];
  const named = fields.map((field) => placePair(field) ?? { ...field, path: field.path.replace('body.terms.', '') });
  const placed = named.filter(({ path }) => NAMES.includes(path));
  return { placed, isAll: placed.length > 0 && placed.length === fields.length };
}
