import { Link } from '@tanstack/react-router';
import { capital, percent } from '../../../lib/words.ts';
import { Note } from '../../../ui/note.tsx';
import type { Objective } from '../objective-look.ts';

/** An edit that waits: what judges meanwhile, and why. */
export function GoverningNote({ objective }: { objective: Objective }) {
  const { version, pending } = objective.governing;
  if (pending === null) return null;
  return (
    <Note icon="clock">
      <p>
        <b className="strong">
          Version {pending.version} waits; version {version} judges.
        </b>{' '}
        {capital(pending.because.text)}. {percent(pending.coverageRatio, 0)} of its window is observed.{' '}
        <Link className="link" to="/objectives/$slug" params={{ slug: objective.slug }} search={{ tab: 'versions' }}>
          Versions
        </Link>
      </p>
    </Note>
  );
}
