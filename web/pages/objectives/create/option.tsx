interface OptionProps {
  group: string;
  value: string;
  title: string;
  note: string;
  usual?: boolean;
  checked: boolean;
  onChoose: () => void;
}

/** One of a few, with what it means. */
export function Option({ group, value, title, note, usual = false, checked, onChoose }: OptionProps) {
  return (
    <label className="option">
      <input type="radio" name={group} value={value} checked={checked} onChange={onChoose} />
      <b className="medium">
        {title}
        {usual && <span className="usual">usual here</span>}
      </b>
      <span className="mute sm">{note}</span>
    </label>
  );
}
