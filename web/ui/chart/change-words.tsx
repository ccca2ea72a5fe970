import { Glyph } from '../icons.tsx';

export interface ChangeMark {
  at: number;
  label: string;
  /** Where it stands, 0–100. */
  left: number;
}

interface Placed {
  side: 'lft' | 'rgt';
  fits: boolean;
}

/** Puts each word left or right of its diamond. `letter` is the width of a letter in percent of the chart. */
export function placeWords(marks: readonly ChangeMark[], letter: number): Placed[] {
  let taken = -1;
  return marks.map((mark, index) => {
    const next = marks[index + 1]?.left ?? 101;
    const width = (mark.label.length + 3) * letter;
    const hasRoomLeft = mark.left - width > taken;
    const side = hasRoomLeft && (next - mark.left < width || mark.left + width > 100) ? 'lft' : 'rgt';
    const fits = side === 'lft' || (mark.left > taken && mark.left + width < Math.min(next, 104));
    taken = side === 'rgt' && fits ? mark.left + width : mark.left + 2;
    return { side, fits };
  });
}

// Letters of 6 px on a chart of 640 px, and of 7 px on one of 290 px.
const WIDE = 0.95;
const NARROW = 2.4;

/** The words of change marks. A word with no room is left to the hover; on a phone fewer have room. */
export function ChangeWords({ changes }: { changes: readonly ChangeMark[] }) {
  const wide = placeWords(changes, WIDE);
  const narrow = placeWords(changes, NARROW);
  return changes.map((change, index) => {
    const side = wide[index]?.side ?? 'rgt';
    const fits = wide[index]?.fits === true;
    const onPhone = narrow[index]?.fits === true && narrow[index].side === side;
    return (
      <span
        key={`${change.at}${change.label}`}
        className={`tx m ${side}${onPhone ? '' : ' no-phone-l'}`}
        style={{ left: `${change.left}%` }}
        title={change.label}
      >
        {fits && side === 'lft' && <span className="w">{change.label} </span>}
        <Glyph name="diamond" />
        {fits && side === 'rgt' && <span className="w"> {change.label}</span>}
      </span>
    );
  });
}
