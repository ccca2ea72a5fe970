import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { SelectField, TextArea, TextField } from '../../../ui/form/field.tsx';
import type { FormProblem } from '../../../ui/form/form.tsx';
import { CHOICES, GAPS, presetChosen, usualOf } from '../backtest/terms.ts';
import { PairFields } from '../pairs/pair-fields.tsx';
import { rollingMs } from '../window-draft.ts';
import type { StepProps } from './create-page.tsx';
import { labelsOf } from './draft.ts';
import { ALERT_GROUPS, ALERT_MODES, GAP_NOTES, MEASURED_AT } from './kinds.ts';
import { Option } from './option.tsx';
import { MORE_FIELDS } from './place-problem.ts';

/** What most objectives leave as it is. It opens by itself where something in it is refused. */
export function MoreStep({ draft, onChange, problem }: StepProps & { problem: FormProblem | null | undefined }) {
  const [open, setOpen] = useState(false);
  const isRefused = problem?.fields.some(({ path }) => MORE_FIELDS.includes(path)) === true;
  const step = { draft, onChange };
  return (
    <details className="panel more-of" open={open || isRefused} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>More</h2>
        <span className="mute sm">meaning, time without data, alerts, policy; all of it has a usual value</span>
      </summary>
      <div className="pad stack mid">
        <Meaning {...step} />
        <Gaps {...step} />
        <Alerts {...step} />
        <PolicyField {...step} />
      </div>
    </details>
  );
}

function Meaning({ draft, onChange }: StepProps) {
  return (
    <div className="stack tight">
      <TextArea
        name="indicator.specification"
        label="Specification"
        hint="what is meant, whatever counts it; it belongs to the indicator"
        placeholder="The share of checkouts that end with an order or a plain refusal."
        rows={2}
        value={draft.specification}
        onChange={(event) => onChange({ ...draft, specification: event.target.value })}
      />
      <SelectField
        name="indicator.measuredAt"
        label="Measured"
        value={draft.measuredAt}
        onChange={(event) => onChange({ ...draft, measuredAt: MEASURED_AT.find(({ value }) => value === event.target.value)?.value ?? '' })}
        options={[{ value: '', label: 'Not said' }, ...MEASURED_AT]}
      />
      <TextArea
        name="rationale"
        label="Rationale"
        hint="why this much and not more"
        rows={2}
        value={draft.rationale}
        onChange={(event) => onChange({ ...draft, rationale: event.target.value })}
      />
      <TextArea
        name="onBreach"
        label="What breaks for users"
        hint="when it is missed"
        rows={2}
        value={draft.onBreach}
        onChange={(event) => onChange({ ...draft, onBreach: event.target.value })}
      />
    </div>
  );
}

function Gaps({ draft, onChange }: StepProps) {
  return (
    <fieldset className="options">
      <legend className="field-name">Time without data is</legend>
      {GAPS.map(({ value }) => (
        <Option
          key={value}
          group="gaps"
          value={value}
          title={GAP_TITLES[value]}
          note={GAP_NOTES[value]}
          checked={draft.gaps === value}
          onChoose={() => onChange({ ...draft, gaps: value })}
        />
      ))}
    </fieldset>
  );
}

const GAP_TITLES = { gap: 'Unknown', good: 'Good', bad: 'Bad' } as const;

function Alerts({ draft, onChange }: StepProps) {
  return (
    <div className="stack tight">
      <div className="pair">
        <SelectField
          name="alerting.preset"
          label="Alerts"
          value={draft.preset}
          onChange={(event) => onChange({ ...draft, ...presetChosen(event.target.value, draft) })}
          options={CHOICES}
        />
        <TextField
          name="alerting.noDataAfter"
          label="Alert without data after"
          hint="as 10m; empty for none"
          value={draft.noDataAfter}
          onChange={(event) => onChange({ ...draft, noDataAfter: event.target.value })}
        />
      </div>
      {draft.preset === 'own' && (
        <PairFields
          pairs={draft.pairs}
          usual={usualOf(draft)}
          onChange={(pairs) => onChange({ ...draft, pairs })}
          periodMs={rollingMs(draft.window)}
        />
      )}
      <fieldset className="options">
        <legend className="field-name">An alert compares</legend>
        {ALERT_MODES.map(({ value, label, note }) => (
          <Option
            key={value}
            group="mode"
            value={value}
            title={label}
            note={note}
            checked={draft.mode === value}
            onChoose={() => onChange({ ...draft, mode: value })}
          />
        ))}
      </fieldset>
      {labelsOf(draft).length > 0 && (
        <SelectField
          name="alerting.groups"
          label="Alerts judge"
          value={draft.groups}
          onChange={(event) =>
            onChange({ ...draft, groups: ALERT_GROUPS.find(({ value }) => value === event.target.value)?.value ?? 'rollup' })
          }
          options={ALERT_GROUPS}
        />
      )}
    </div>
  );
}

function PolicyField({ draft, onChange }: StepProps) {
  const policies = useQuery(api.slo.listBudgetPolicies.query({ query: { limit: 500 } }));
  const known = (policies.data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name }));
  // One that is named stays named while the list is not there yet.
  const named =
    draft.policy === '' || known.some(({ value }) => value === draft.policy) ? [] : [{ value: draft.policy, label: draft.policy }];
  return (
    <SelectField
      name="policy"
      label="Budget policy"
      hint="what follows as the budget goes"
      value={draft.policy}
      onChange={(event) => onChange({ ...draft, policy: event.target.value })}
      options={[{ value: '', label: 'That of the service, else the standard one' }, ...named, ...known]}
    />
  );
}
