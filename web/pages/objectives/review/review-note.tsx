import { useState } from 'react';
import { useMay } from '../../../frame/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Note } from '../../../ui/note.tsx';
import { Time } from '../../../ui/time/time.tsx';
import type { Objective } from '../objective-look.ts';
import { ReviewDialog } from './review-dialog.tsx';

/** The budget is better and the gate still answers as before: what is missing, and the button that records it. */
export function ReviewNote({ objective }: { objective: Objective }) {
  const may = useMay('responder');
  const [isOpen, setOpen] = useState(false);
  const { review } = objective;
  if (review === null || review.state !== 'pending') return null;
  return (
    <Note
      tone="caution"
      act={
        may && (
          <Button kind="primary" onClick={() => setOpen(true)}>
            Record the review
          </Button>
        )
      }
    >
      <p>
        <b className="strong">The budget is better, and deploys are still answered as at {review.levelName}.</b>{' '}
        {objective.budgetPolicy.name} asks for a look back before that lifts; it began <Time at={review.since} shape="moment" />. Rollbacks
        and fixes pass meanwhile.
      </p>
      <ReviewDialog objective={objective} open={isOpen} onClose={() => setOpen(false)} />
    </Note>
  );
}
