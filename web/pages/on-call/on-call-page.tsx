import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { Page, PagePending } from '../../frame/page.tsx';
import { useMay } from '../../frame/session.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { Empty } from '../../ui/note.tsx';
import { PageHead } from '../../ui/panel.tsx';
import { NowPanel } from './now-panel.tsx';
import { useOrderedSchedules } from './ordered-schedules.ts';
import { OverrideDialog } from './override-dialog.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { SchedulePanel } from './schedule-panel.tsx';
import { WhoAt } from './who-at.tsx';

export type Schedule = Answer<'oncall', 'listSchedules'>['items'][number];

type Open = 'override' | 'edit' | 'new' | undefined;

export function OnCallPage() {
  const schedules = useQuery(api.oncall.listSchedules.query({}));
  const ordered = useOrderedSchedules();
  return (
    <Loaded query={schedules} pending={<PagePending />}>
      {({ items }) => <OnCallBody schedules={ordered ?? items} />}
    </Loaded>
  );
}

function OnCallBody({ schedules }: { schedules: readonly Schedule[] }) {
  const search = useSearch({ from: '/frame/on-call' });
  const navigate = useNavigate({ from: '/on-call' });
  const [open, setOpen] = useState<Open>();
  const mayEdit = useMay('editor');
  const mayOverride = useMay('responder');
  const shown = schedules.find((schedule) => schedule.slug === search.schedule) ?? schedules[0];
  return (
    <Page>
      <PageHead
        title="On-call"
        lead={leadOf(schedules)}
        acts={
          <>
            {mayEdit && (
              <Button icon="plus" onClick={() => setOpen('new')}>
                New schedule
              </Button>
            )}
            {shown !== undefined && mayOverride && (
              <Button kind="primary" icon="swap" onClick={() => setOpen('override')}>
                Override
              </Button>
            )}
          </>
        }
      />
      {shown === undefined ? (
        <Empty
          title="Nobody is on call yet"
          act={
            mayEdit && (
              <Button kind="primary" onClick={() => setOpen('new')}>
                Create a schedule
              </Button>
            )
          }
        >
          <p>
            A schedule hands the phone from person to person, week by week, at a wall-clock time of its zone. You alone will do to begin
            with.
          </p>
        </Empty>
      ) : (
        <div className="stack mid">
          <NowPanel schedules={schedules} />
          {schedules.length > 1 && (
            <Segments
              label="Schedule"
              value={shown.slug}
              onChange={(schedule) => void navigate({ search: (before) => ({ ...before, schedule }) })}
              options={schedules.map((schedule) => ({ value: schedule.slug, label: schedule.name }))}
            />
          )}
          <SchedulePanel key={shown.slug} schedule={shown} onEdit={mayEdit ? () => setOpen('edit') : undefined} />
          <div className="cols">
            <PolicyPanel schedules={schedules} />
            <WhoAt schedule={shown} />
          </div>
        </div>
      )}
      {shown !== undefined && <OverrideDialog open={open === 'override'} onClose={() => setOpen(undefined)} schedule={shown} />}
      <ScheduleDialog
        key={open}
        open={open === 'new' || open === 'edit'}
        onClose={() => setOpen(undefined)}
        schedule={open === 'edit' ? shown : undefined}
      />
    </Page>
  );
}

function leadOf(schedules: readonly Schedule[]): string {
  const gaps = schedules.filter((schedule) => schedule.now.person === null);
  if (schedules.length === 0) return 'No schedule yet.';
  if (gaps.length === 0) return 'Every schedule has somebody now.';
  return `Nobody is on call now for ${gaps.map((schedule) => schedule.name).join(', ')}.`;
}
