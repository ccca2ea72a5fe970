import { useMe } from '../../frame/session.ts';
import { Avatar } from '../../ui/mark.tsx';
import { Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';
import type { Schedule } from './on-call-page.tsx';

/** Who carries each schedule now, until when, who then, and why. */
export function NowPanel({ schedules }: { schedules: readonly Schedule[] }) {
  const me = useMe();
  return (
    <section className="panel oc" aria-label="Who is on call">
      {schedules.map((schedule) => {
        const { person, until, next, because } = schedule.now;
        const isMe = person?.id === me.id;
        return (
          <div key={schedule.id}>
            <div className="eyebrow">
              {schedule.name} <Why reason={because} title={`Why ${person === null ? 'nobody' : isMe ? 'you' : person.name}`} />
            </div>
            <div className="who">
              <Avatar name={person?.name ?? '?'} me={isMe} large />
              <span className={person === null ? 'tx-red' : undefined}>{person === null ? 'Nobody' : isMe ? 'You' : person.name}</span>
              <span>
                {until === null ? (
                  'with no end'
                ) : (
                  <>
                    until <Time at={until} shape="moment" />
                  </>
                )}
                {next !== null && `, then ${next.id === me.id ? 'you' : next.name}`}
              </span>
            </div>
          </div>
        );
      })}
    </section>
  );
}
