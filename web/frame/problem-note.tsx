import { Note } from '../ui/note.tsx';
import { explain } from './page.tsx';

/** Why the last act failed, in place, while it matters. */
export function ProblemNote({ problem, what }: { problem: unknown; what: string }) {
  if (problem === null || problem === undefined) return null;
  return (
    <Note tone="bad">
      <p>
        <b className="strong">{what}</b> {explain(problem)}
      </p>
    </Note>
  );
}
