import type { ReactNode } from 'react';
import { Mark } from '../../ui/icons.tsx';

/** Pages before one is signed in: the mark, a title, a sentence. */
export function EntryFrame({
  title,
  lead,
  wide = false,
  children,
}: {
  title: string;
  lead?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={wide ? 'entry wide' : 'entry'}>
      <title>{`${title} · Nines`}</title>
      <main id="main">
        <div className="brand">
          <Mark />
          Nines
        </div>
        <h1>{title}</h1>
        {lead !== undefined && <p className="lead">{lead}</p>}
        {children}
      </main>
    </div>
  );
}
