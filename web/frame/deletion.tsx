import { type ReactNode, useState } from 'react';
import type { ApiProblem } from '../api/problem.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/overlay/dialog.tsx';
import { ProblemNote } from './problem-note.tsx';

/** A quiet button that first says what a deletion means, and then does it. */
export function Deletion(props: {
  of: string;
  problem: ApiProblem | null;
  busy: boolean;
  onDelete: () => void;
  /** What is forgotten when nothing came of it. */
  onKeep: () => void;
  children: ReactNode;
}) {
  const [isAsked, setAsked] = useState(false);
  const show = (shown: boolean): void => {
    setAsked(shown);
    if (!shown) props.onKeep();
  };
  return (
    <>
      <Button kind="ghost" onClick={() => show(true)} aria-label={`Delete ${props.of}`}>
        Delete
      </Button>
      <Dialog narrow open={isAsked} onOpenChange={show} title={`Delete ${props.of}?`}>
        <div className="stack tight">
          {props.children}
          <ProblemNote problem={props.problem} what="Not deleted." />
          <div className="foot">
            <Button size="large" busy={props.busy} onClick={props.onDelete}>
              Delete it
            </Button>
            <Button kind="ghost" size="large" onClick={() => show(false)}>
              Keep it
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}
