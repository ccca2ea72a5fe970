import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { SkeletonBlock } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';
import type { Schedule } from './on-call-page.tsx';

/** "Who is on call at…", answered by the same arithmetic that pages. */
export function WhoAt({ schedule }: { schedule: Schedule }) {
  const [at, setAt] = useState<string>();
  const answer = useQuery({ ...api.oncall.listSchedules.query({ query: { at: at ?? '' } }), enabled: at !== undefined });
  const ask = (data: FormData) => {
    const asked = new Date(textOf(data, 'at'));
    if (!Number.isNaN(asked.getTime())) setAt(asked.toISOString());
  };
  return (
    <Panel title="Who is on call at…">
      <Form onSubmit={ask}>
        <TextField name="at" label="Date and time" type="datetime-local" required />
        <div>
          <Button type="submit">Ask</Button>
        </div>
      </Form>
      {at !== undefined && (
        <Loaded query={answer} pending={<SkeletonBlock height={20} />}>
          {({ items }) => {
            const found = items.find((one) => one.slug === schedule.slug)?.now;
            return (
              <p className="answer">
                {found === undefined || found.person === null ? (
                  <b className="tx-red medium">Nobody</b>
                ) : (
                  <b className="medium">{found.person.name}</b>
                )}{' '}
                <span className="soft">for {schedule.name} at</span> <Time at={at} shape="moment" />.{' '}
                {found !== undefined && <Why reason={found.because} side="right" />}
              </p>
            );
          }}
        </Loaded>
      )}
    </Panel>
  );
}
