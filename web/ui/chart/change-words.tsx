import { Glyph } from '../icons.tsx';

interface ChangeMark {
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
function placeWords(marks: readonly ChangeMark[], letter: number): Placed[] {
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

/** The words of change marks on a chart `width` px wide. A word with no room is left to the hover. */
export function ChangeWords({ changes, width }: { changes: readonly ChangeMark[]; width: number }) {
  // A letter is about 6 px wide, on a phone 7.
  const placed = placeWords(changes, ((width < 340 ? 7 : 6) / width) * 100);
  return changes.map((change, index) => {
    const { side, fits } = placed[index] ?? { side: 'rgt', fits: false };
    return (
      <span key={`${change.at}${change.label}`} className={`tx m ${side}`} style={{ left: `${change.left}%` }} title={change.label}>
        {fits && side === 'lft' && `${change.label} `}
        <Glyph name="diamond" />
        {fits && side === 'rgt' && ` ${change.label}`}
      </span>
    );
  });
}
