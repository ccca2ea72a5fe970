import { type ReactNode, useEffect, useRef } from 'react';
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
  const place = useRef<HTMLElement>(null);
  // The first thing to do on these pages is to write into their first field.
  useEffect(() => place.current?.querySelector('input')?.focus(), []);
  return (
    <div className={wide ? 'entry wide' : 'entry'}>
      <title>{`${title} · Nines`}</title>
      <main id="main" ref={place}>
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
