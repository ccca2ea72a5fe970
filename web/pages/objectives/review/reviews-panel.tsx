import { useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { Panel } from '../../../ui/panel.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { Time } from '../../../ui/time/time.tsx';

const SHOWN = 3;

/** The last looks back on levels that asked for one. Renders nothing where there was none. */
export function ReviewsPanel({ slug }: { slug: string }) {
  const reviews = useQuery(api.slo.listReviews.query({ params: { slug }, query: { limit: SHOWN } }));
  const done = (reviews.data?.items ?? []).filter((review) => review.reviewedAt !== null);
  if (done.length === 0) return null;
  return (
    <Panel title="Reviews" end="the latest first">
      <div className="stack tight">
        {done.map((review) => (
          <div key={review.id}>
            <p className="mute sm">
              {review.levelName} from <Time at={review.since} shape="day" /> · {review.reviewedBy},{' '}
              <Time at={review.reviewedAt ?? review.since} />
            </p>
            <Prose text={review.notes ?? ''} />
          </div>
        ))}
      </div>
    </Panel>
  );
}
