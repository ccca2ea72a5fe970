import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { usePaged } from '../../api/paged.ts';
import { useAct } from '../../frame/act.ts';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, SkeletonRows } from '../../ui/note.tsx';
import { Time } from '../../ui/time/time.tsx';

type DeadJob = Answer<'jobs', 'listDead'>['items'][number];

/** Work that was given up after many failures, with a way back. */
export function DeadLetters() {
  const list = usePaged(api.jobs.listDead, { limit: 100 });
  if (list.items === undefined)
    return list.result.error === null ? <SkeletonRows rows={4} /> : <ProblemNote problem={list.result.error} what="Not loaded." />;
  if (list.items.length === 0) {
    return (
      <Empty title="No dead letter">
        <p>Work that fails many times is put aside here, so that it is neither lost nor tried for ever.</p>
      </Empty>
    );
  }
  return (
    <>
      <ul className="list">
        {list.items.map((job) => (
          <Row key={job.id} job={job} />
        ))}
      </ul>
      {list.more !== undefined && (
        <p className="more">
          <Button onClick={list.more} busy={list.isLoadingMore}>
            Show more
          </Button>
        </p>
      )}
    </>
  );
}

function Row({ job }: { job: DeadJob }) {
  const retry = useAct(() => api.jobs.retryDead({ params: { id: job.id } }), { renews: ['jobs'], said: () => 'It is tried again now.' });
  return (
    <li>
      <span className="grow">
        <b className="medium mono">{job.name}</b>{' '}
        <span className="mute sm">
          made <Time at={job.createdAt} />, failed {job.failures} times
        </span>
        <br />
        <span className="soft sm wrap-any">{job.lastError ?? 'no error was kept'}</span>
        <ProblemNote problem={retry.error} what="Not retried." />
      </span>
      <Button icon="undo" busy={retry.isPending} onClick={() => retry.mutate(undefined)}>
        Try again
      </Button>
    </li>
  );
}
