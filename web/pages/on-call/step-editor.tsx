import { Button, IconButton } from '../../ui/button.tsx';
import type { Schedule } from './on-call-page.tsx';
import type { PersonChoice } from './person-order.tsx';

/** A step while it is edited: its targets written `schedule:slug` or `person:id`, and minutes. */
export interface StepDraft {
  targets: string[];
  minutes: number;
}

interface Choices {
  schedules: readonly Schedule[];
  people: readonly PersonChoice[];
}

export function StepEditor({
  drafts,
  onChange,
  ...choices
}: Choices & { drafts: readonly StepDraft[]; onChange: (drafts: StepDraft[]) => void }) {
  const change = (at: number, next: Partial<StepDraft>) =>
    onChange(drafts.map((draft, index) => (index === at ? { ...draft, ...next } : draft)));
  const fresh = choices.people[0] === undefined ? 'schedule:' : `person:${choices.people[0].id}`;
  const takeOut = (at: number, draft: StepDraft) => {
    if (draft.targets.length > 1) change(at, { targets: draft.targets.slice(0, -1) });
    else onChange(drafts.filter((_, index) => index !== at));
  };
  return (
    <div className="field" role="group" aria-label="Steps">
      <span>Steps</span>
      <ol className="list">
        {drafts.map((draft, at) => (
          <li key={`${at} of ${drafts.length}`}>
            <span className="num mute">{at + 1}</span>
            <div className="stack tight grow">
              {draft.targets.map((target, index) => (
                <TargetSelect
                  key={`${index} of ${draft.targets.length}`}
                  label={`Step ${at + 1}: who`}
                  value={target}
                  onChange={(chosen) => change(at, { targets: draft.targets.with(index, chosen) })}
                  {...choices}
                />
              ))}
            </div>
            <IconButton
              icon="plus"
              label={`Page somebody else too in step ${at + 1}`}
              onClick={() => change(at, { targets: [...draft.targets, fresh] })}
            />
            <input
              className="input minutes"
              type="number"
              min={1}
              max={1440}
              aria-label={`Step ${at + 1}: minutes`}
              value={draft.minutes}
              onChange={(event) => change(at, { minutes: event.target.valueAsNumber })}
            />
            <span className="mute">min</span>
            <IconButton icon="cross" label={`Take step ${at + 1} out`} onClick={() => takeOut(at, draft)} />
          </li>
        ))}
      </ol>
      <div>
        <Button icon="plus" onClick={() => onChange([...drafts, { targets: [fresh], minutes: 15 }])}>
          Add a step
        </Button>
      </div>
    </div>
  );
}

function TargetSelect({
  label,
  value,
  onChange,
  schedules,
  people,
}: Choices & { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <select className="input" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      <optgroup label="Schedules">
        {schedules.map((schedule) => (
          <option key={schedule.slug} value={`schedule:${schedule.slug}`}>
            {schedule.name}
          </option>
        ))}
      </optgroup>
      <optgroup label="People">
        {people.map((person) => (
          <option key={person.id} value={`person:${person.id}`}>
            {person.name}
          </option>
        ))}
      </optgroup>
    </select>
  );
}
