import { Link } from '@tanstack/react-router';
import { Note } from '../../../ui/note.tsx';
import type { Objective } from '../objective-look.ts';

/** Corrections of a newer version: they count for it, and no figure here holds them. */
export function UnreadableNote({ objective }: { objective: Objective }) {
  const count = objective.unreadableCorrections;
  if (count === 0) return null;
  return (
    <Note tone="caution" icon="incident">
      <p>
        <b className="strong">{count === 1 ? 'One correction is' : `${count} corrections are`} left out of these figures.</b> A newer
        version of Nines wrote {count === 1 ? 'it' : 'them'}, and this one cannot read {count === 1 ? 'it' : 'them'}.{' '}
        <Link className="link" to="/objectives/$slug" params={{ slug: objective.slug }} search={{ tab: 'corrections' }}>
          Corrections
        </Link>
      </p>
    </Note>
  );
}
