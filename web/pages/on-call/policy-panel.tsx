import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { useMay } from '../../frame/session.ts';
import { duration } from '../../lib/words.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/mark.tsx';
import { Empty } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import type { Schedule } from './on-call-page.tsx';
import { PolicyDialog } from './policy-dialog.tsx';

export type Policy = Answer<'escalation', 'listPolicies'>['items'][number];

/** Who is paged, in which order, if nobody acknowledges. */
export function PolicyPanel({ schedules }: { schedules: readonly Schedule[] }) {
  const policies = useQuery(api.escalation.listPolicies.query());
  const may = useMay('editor');
  const [edited, setEdited] = useState<Policy | 'new'>();
  return (
    <Panel
      title="Who is paged, in which order"
      end={
        may && (
          <Button icon="plus" onClick={() => setEdited('new')}>
            New policy
          </Button>
        )
      }
      flush
    >
      <Loaded query={policies}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="pad">
              <Empty title="No policy yet">
                <p>
                  Without one, an alert goes straight to the fallback contact. A policy pages a schedule first, and somebody else after some
                  minutes.
                </p>
              </Empty>
            </div>
          ) : (
            <ul className="list bare">
              {items.map((policy) => (
                <PolicyRow key={policy.id} policy={policy} onEdit={may ? () => setEdited(policy) : undefined} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {edited !== undefined && (
        <PolicyDialog policy={edited === 'new' ? undefined : edited} schedules={schedules} onClose={() => setEdited(undefined)} />
      )}
    </Panel>
  );
}

function PolicyRow({ policy, onEdit }: { policy: Policy; onEdit: (() => void) | undefined }) {
  return (
    <li>
      <div className="grow">
        <div className="row wrap">
          <b className="medium">{policy.name}</b>
          {policy.isDefault && <Chip>for all else</Chip>}
          {policy.services.map((slug) => (
            <Chip key={slug} mono>
              {slug}
            </Chip>
          ))}
        </div>
        <p className="soft sm policy-steps">
          {policy.steps.map((step, at) => (
            <span key={`${at} ${step.delaySeconds}`}>
              {step.targets.map((target) => target.name).join(' and ')}{' '}
              <span className="mute">for {duration(step.delaySeconds * 1000)} →</span>{' '}
            </span>
          ))}
          <span className="mute">{lastStep(policy.repeats)}</span>
        </p>
      </div>
      {onEdit !== undefined && <IconButton icon="edit" label={`Edit ${policy.name}`} onClick={onEdit} />}
    </li>
  );
}

function lastStep(repeats: number): string {
  if (repeats === 0) return 'the fallback contact';
  return `${repeats === 1 ? 'all once more' : `all ${repeats} times more`} → the fallback contact`;
}
