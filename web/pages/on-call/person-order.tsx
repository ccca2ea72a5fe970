import { Button, IconButton } from '../../ui/button.tsx';

export interface PersonChoice {
  id: string;
  name: string;
}

/** People in an order; the same person may stand in it more than once. */
export function PersonOrder({
  label,
  people,
  value,
  onChange,
}: {
  label: string;
  people: readonly PersonChoice[];
  value: readonly string[];
  onChange: (ids: string[]) => void;
}) {
  const nameOf = (id: string) => people.find((person) => person.id === id)?.name ?? id;
  const move = (at: number) =>
    onChange(value.map((id, index) => (index === at - 1 ? (value[at] ?? id) : index === at ? (value[at - 1] ?? id) : id)));
  return (
    <div className="field" role="group" aria-label={label}>
      <span>{label}</span>
      <ol className="list">
        {value.map((id, at) => (
          <li key={`${at} ${id}`}>
            <span className="num mute">{at + 1}</span>
            <span className="grow">{nameOf(id)}</span>
            {at > 0 && <IconButton icon="up" label={`Move ${nameOf(id)} up`} onClick={() => move(at)} />}
            <IconButton icon="cross" label={`Take ${nameOf(id)} out`} onClick={() => onChange(value.filter((_, index) => index !== at))} />
          </li>
        ))}
        {value.length === 0 && <li className="mute">Nobody: every moment is a gap that only overrides fill.</li>}
      </ol>
      <div className="row wrap">
        {people
          .filter((person) => !value.includes(person.id))
          .slice(0, 12)
          .map((person) => (
            <Button key={person.id} icon="plus" onClick={() => onChange([...value, person.id])}>
              {person.name}
            </Button>
          ))}
      </div>
    </div>
  );
}
