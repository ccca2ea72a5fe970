import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { useAct } from '../../../frame/act.ts';
import { Check, SelectField, TextArea, TextField } from '../../../ui/form/field.tsx';
import { Form, type FormProblem } from '../../../ui/form/form.tsx';
import { FormFoot } from '../../../ui/form/form-foot.tsx';
import { LevelGlyph } from '../../../ui/mark.tsx';
import { Note } from '../../../ui/note.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { type LevelDraft, placePolicyProblem, policyBody, policyDraft, policyProblems } from './policy-draft.ts';
import type { Policy } from './policy-levels.tsx';
import { GATE_RULES, TOLD } from './words.ts';

/** A policy to change: its levels with their bounds, what follows, and what the gate does. */
export function PolicyForm({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  // The version that the form was opened with: an edit that came in meanwhile is not overwritten.
  const [base] = useState(policy);
  const [draft, setDraft] = useState(() => policyDraft(base));
  const [told, setTold] = useState<FormProblem>();
  const save = useAct(() => api.slo.putBudgetPolicy({ params: { slug: base.slug }, body: policyBody(draft) }, { ifMatch: base.version }), {
    renews: ['slo', 'releases'],
    said: (saved) => `Saved as version ${saved.version}; it governs now.`,
    after: onClose,
  });
  const submit = () => {
    const fields = policyProblems(draft);
    setTold(fields.length === 0 ? undefined : { message: 'Not sent yet.', fields });
    if (fields.length === 0) save.mutate(undefined);
  };
  const change = (next: typeof draft) => {
    setDraft(next);
    setTold(undefined);
    if (save.error !== null) save.reset();
  };
  const fields = [
    'name',
    'exceptions',
    ...draft.levels.flatMap((_, at) => ['name', 'above', 'consequences', 'gate'].map((name) => `levels[${at}].${name}`)),
  ];
  return (
    <Form
      onSubmit={submit}
      problem={told ?? (save.error === null ? null : placePolicyProblem(save.error))}
      fields={fields}
      label={`Edit ${base.name}`}
      className="stack mid"
    >
      <Note icon="edit">
        <p>
          <b className="strong">A save is a new version, and it governs at once.</b> Levels and the gate are read by it from then on.
          {base.signatures.some(({ current }) => current) && ' Its signatures stay with the version before; it asks for new ones.'}
        </p>
      </Note>
      <Panel title="The policy">
        <div className="stack tight">
          <TextField
            name="name"
            label="Name"
            value={draft.name}
            maxLength={120}
            onChange={(event) => change({ ...draft, name: event.target.value })}
          />
          <TextArea
            name="exceptions"
            label="Exceptions"
            hint="how they are made"
            value={draft.exceptions}
            onChange={(event) => change({ ...draft, exceptions: event.target.value })}
          />
        </div>
      </Panel>
      {draft.levels.map((level, at) => (
        <LevelFields
          key={level.level}
          level={level}
          at={at}
          isLast={at === draft.levels.length - 1}
          onChange={(next) => change({ ...draft, levels: draft.levels.map((one, index) => (index === at ? next : one)) })}
        />
      ))}
      <FormFoot busy={save.isPending} onCancel={onClose}>
        Save version {base.version + 1}
      </FormFoot>
    </Form>
  );
}

interface LevelProps {
  level: LevelDraft;
  at: number;
  isLast: boolean;
  onChange: (level: LevelDraft) => void;
}

function LevelFields({ level, at, isLast, onChange }: LevelProps) {
  const path = `levels[${at}]`;
  const announce = (who: LevelDraft['announce'][number], told: boolean) =>
    onChange({ ...level, announce: told ? [...level.announce, who] : level.announce.filter((one) => one !== who) });
  return (
    <Panel
      title={
        <span className={`chip lvl-${level.level}`}>
          <LevelGlyph level={level.level} />
          {level.name === '' ? level.level : level.name}
        </span>
      }
    >
      <div className="stack tight">
        <div className="triple">
          <TextField
            name={`${path}.name`}
            label="Called"
            maxLength={60}
            value={level.name}
            onChange={(event) => onChange({ ...level, name: event.target.value })}
          />
          <SelectField
            name={`${path}.gate`}
            label="The gate"
            value={level.gate}
            onChange={(event) =>
              onChange({ ...level, gate: GATE_RULES.find(({ value }) => value === event.target.value)?.value ?? level.gate })
            }
            options={GATE_RULES}
          />
          {isLast ? (
            <p className="mute sm">The last level has no lower bound: it holds whatever lies below.</p>
          ) : (
            <TextField
              name={`${path}.above`}
              label="While more is left than"
              hint="%"
              inputMode="decimal"
              value={level.above}
              onChange={(event) => onChange({ ...level, above: event.target.value })}
            />
          )}
        </div>
        <TextArea
          name={`${path}.consequences`}
          label="What follows"
          hint="a sentence a line"
          rows={Math.max(2, level.consequences.split('\n').length)}
          value={level.consequences}
          onChange={(event) => onChange({ ...level, consequences: event.target.value })}
        />
        <div className="row wrap checks">
          <Check checked={level.chaos} onChange={(event) => onChange({ ...level, chaos: event.target.checked })}>
            Chaos experiments allowed
          </Check>
          {(['owner_team', 'executives'] as const).map((who) => (
            <Check key={who} checked={level.announce.includes(who)} onChange={(event) => announce(who, event.target.checked)}>
              Tell {TOLD[who]}
            </Check>
          ))}
          <Check
            checked={level.reviewBeforeLifting}
            onChange={(event) => onChange({ ...level, reviewBeforeLifting: event.target.checked })}
          >
            A review before it lifts
          </Check>
        </div>
        {level.announce.includes('executives') && (
          <p className="mute sm">
            For executives, whoever has the duty on the on-call schedule <code className="mono">executives</code> is told.
          </p>
        )}
      </div>
    </Panel>
  );
}
