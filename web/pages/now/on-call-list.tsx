import { useMe } from '../../frame/session.ts';
import { Avatar } from '../../ui/mark.tsx';
import { Time } from '../../ui/time/time.tsx';
import { useOrderedSchedules } from '../on-call/ordered-schedules.ts';

/** Who carries each schedule now, until when, and who is next. */
export function OnCallList() {
  const me = useMe();
  const schedules = useOrderedSchedules();
  if (schedules === undefined) return null;
  if (schedules.length === 0) return <p className="mute">No schedule yet: nobody is on call.</p>;
  return schedules.map((schedule) => {
    const { person, until, next } = schedule.now;
    const isMe = person?.id === me.id;
    return (
      <div className="who" key={schedule.id}>
        <Avatar name={person?.name ?? '?'} me={isMe} large />
        <span>
          {person === null ? <span className="tx-red">Nobody</span> : isMe ? 'You' : person.name}, {schedule.name}
        </span>
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
    );
  });
}
