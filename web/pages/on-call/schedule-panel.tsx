import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMay, useMe } from '../../frame/session.ts';
import { useMinute } from '../../lib/clock.ts';
import { duration } from '../../lib/words.ts';
import { useZone, writeTime } from '../../lib/zone.ts';
import { Button, IconButton, Segments } from '../../ui/button.tsx';
import { Note, SkeletonBlock } from '../../ui/note.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Time, ZoneName } from '../../ui/time/time.tsx';
import { Lane, Lanes, type LaneShift } from './lanes.tsx';
import type { Schedule } from './on-call-page.tsx';
import { shifted, type Span, type SpanName, spanOf } from './span.ts';

type Detail = Answer<'oncall', 'getSchedule'>;
type Shift = Detail['shifts'][number];

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The lanes of one schedule, the gaps in what is to come, and its overrides. */
export function SchedulePanel({ schedule, onEdit }: { schedule: Schedule; onEdit: (() => void) | undefined }) {
  const search = useSearch({ from: '/frame/on-call' });
  const where = useZone();
  const now = useMinute();
  const span = spanOf(search.span ?? 'two', search.from, now, where);
  const detail = useQuery({
    ...api.oncall.getSchedule.query({
      params: { slug: schedule.slug },
      query: { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() },
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      {detail.data !== undefined && <GapNote shifts={detail.data.shifts} now={now} />}
      <Panel
        title={schedule.name}
        flush
        end={
          <span className="row wrap">
            <SpanControls span={span} />
            <span className="no-phone">
              Times in <ZoneName />
            </span>
            {onEdit !== undefined && <IconButton icon="edit" label="Edit the schedule" onClick={onEdit} />}
          </span>
        }
      >
        <Loaded
          query={detail}
          pending={
            <div className="pad">
              <SkeletonBlock height={210} />
            </div>
          }
        >
          {(data) => <ScheduleLanes detail={data} span={span} />}
        </Loaded>
      </Panel>
    </>
  );
}

function SpanControls({ span }: { span: Span }) {
  const navigate = useNavigate({ from: '/on-call' });
  const go = (from: string | undefined) => void navigate({ search: (before) => ({ ...before, from }), replace: true });
  const choose = (name: SpanName) =>
    void navigate({ search: (before) => ({ ...before, span: name === 'two' ? undefined : name }), replace: true });
  return (
    <>
      <Segments
        label="Span"
        value={span.name}
        onChange={choose}
        options={[
          { value: 'week', label: 'Week' },
          { value: 'two', label: '2 weeks' },
          { value: 'month', label: 'Month' },
        ]}
      />
      <span className="row tightly">
        <Button onClick={() => go(shifted(span, -1))} aria-label="Earlier">
          ‹
        </Button>
        <Button onClick={() => go(undefined)}>Today</Button>
        <Button onClick={() => go(shifted(span, 1))} aria-label="Later">
          ›
        </Button>
      </span>
    </>
  );
}

function ScheduleLanes({ detail, span }: { detail: Detail; span: Span }) {
  const me = useMe();
  const where = useZone();
  const [picked, setPicked] = useState<string>();
  const may = useMay('responder');
  const lane = (shift: Shift, at: number): LaneShift => {
    const [from, to] = [Date.parse(shift.startsAt), Date.parse(shift.endsAt)];
    const isGap = shift.person === null;
    const isOverride = shift.because.code === 'override';
    const name =
      shift.person === null
        ? `Gap, ${duration(to - from > 7_200_000 ? Math.round((to - from) / 3_600_000) * 3_600_000 : to - from)}`
        : shift.person.id === me.id
          ? 'You'
          : shift.person.name;
    return {
      key: `${at} ${shift.startsAt}`,
      name,
      from,
      to,
      kind: isGap ? 'gap' : isOverride ? 'override' : shift.person?.id === me.id ? 'mine' : 'other',
      title: `${name}: ${writeTime(from, 'moment', where)} to ${writeTime(to, 'moment', where)}. ${shift.because.text}`,
    };
  };
  const { handoffDay, handoffTime, zone } = detail.definition;
  const override = detail.overrides.find((one) => one.id === picked);
  return (
    <>
      <Lanes span={span} label={`Lanes of ${detail.name}`}>
        <Lane
          span={span}
          title="Rotation"
          note={`hands over ${WEEKDAYS[handoffDay - 1] ?? ''} ${handoffTime}, ${zone}`}
          shifts={detail.rotation.map(lane)}
        />
        <Lane
          span={span}
          title="Overrides"
          note="win over the rotation"
          shifts={detail.overrides.map((one) => ({
            key: one.id,
            name: one.person.id === me.id ? 'You' : one.person.name,
            from: Date.parse(one.startsAt),
            to: Date.parse(one.endsAt),
            kind: 'override',
            title: one.reason === '' ? 'Override' : one.reason,
          }))}
          onPick={setPicked}
        />
        <Lane span={span} title="Final" note="who is paged" shifts={detail.shifts.map(lane)} final />
      </Lanes>
      {override !== undefined && (
        <Dialog open onOpenChange={() => setPicked(undefined)} title="Override" narrow>
          <OverrideBody slug={detail.slug} override={override} may={may} onDone={() => setPicked(undefined)} />
        </Dialog>
      )}
    </>
  );
}

function OverrideBody({
  slug,
  override,
  may,
  onDone,
}: {
  slug: string;
  override: Detail['overrides'][number];
  may: boolean;
  onDone: () => void;
}) {
  const remove = useAct(() => api.oncall.removeOverride({ params: { slug, id: override.id } }), {
    renews: ['oncall'],
    said: () => 'The override is taken back.',
    after: onDone,
  });
  return (
    <div className="stack tight">
      <p>
        <b className="strong">{override.person.name}</b> from <Time at={override.startsAt} shape="moment" /> to{' '}
        <Time at={override.endsAt} shape="moment" />.{override.reason !== '' && ` ${override.reason}`}
      </p>
      <ProblemNote problem={remove.error} what="Not taken back." />
      {may && (
        <div className="foot">
          <Button size="large" busy={remove.isPending} onClick={() => remove.mutate(undefined)}>
            Take it back
          </Button>
        </div>
      )}
    </div>
  );
}

function GapNote({ shifts, now }: { shifts: readonly Shift[]; now: number }) {
  const gap = shifts.find((shift) => shift.person === null && Date.parse(shift.endsAt) > now);
  if (gap === undefined) return null;
  const length = Date.parse(gap.endsAt) - Date.parse(gap.startsAt);
  return (
    <Note tone="bad">
      <p>
        <b className="strong">
          Nobody is on call from <Time at={gap.startsAt} shape="moment" /> to <Time at={gap.endsAt} shape="moment" /> ({duration(length)}).
        </b>{' '}
        An override covers it.
      </p>
    </Note>
  );
}
