import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { api } from '../../../api/client.ts';
import { useAct } from '../../../frame/act.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { useMay } from '../../../frame/session.ts';
import { Button } from '../../../ui/button.tsx';
import type { Policy } from './policy-levels.tsx';

/** The services that are given to a policy; editors give it another, or return one to the standard policy. */
export function GivenServices({ policy }: { policy: Policy }) {
  const may = useMay('editor');
  const id = useId();
  const services = useQuery({ ...api.catalog.listServices.query({ query: { limit: 500 } }), enabled: may });
  const [chosen, setChosen] = useState('');
  const give = useAct(
    (change: { service: string; policy: string | null }) =>
      api.slo.setServiceBudgetPolicy({ params: { slug: change.service }, body: { policy: change.policy } }),
    { renews: ['slo', 'releases'], said: (given) => `${given.service} is governed by ${given.policy} now.`, after: () => setChosen('') },
  );
  const others = (services.data?.items ?? []).filter(({ slug }) => !policy.services.includes(slug));
  return (
    <div className="stack tight">
      {policy.services.length > 0 && (
        <ul className="plain" aria-label="Services given to it">
          {policy.services.map((slug) => (
            <li key={slug} className="middle">
              <span className="grow">{services.data?.items.find((one) => one.slug === slug)?.name ?? slug}</span>
              {may && (
                <Button
                  kind="ghost"
                  className="no-print"
                  aria-label={`Return ${slug} to the standard policy`}
                  onClick={() => give.mutate({ service: slug, policy: null })}
                >
                  Return to the standard policy
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {may && (
        <div className="row wrap no-print">
          <label htmlFor={id}>Give it to</label>
          <select id={id} className="input fit" value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">a service…</option>
            {others.map((service) => (
              <option key={service.slug} value={service.slug}>
                {service.name}
              </option>
            ))}
          </select>
          <Button disabled={chosen === ''} busy={give.isPending} onClick={() => give.mutate({ service: chosen, policy: policy.slug })}>
            Give
          </Button>
          <span className="mute sm">Objectives that name a policy themselves keep it.</span>
        </div>
      )}
      <ProblemNote problem={give.error} what="The service was not given to it." />
    </div>
  );
}
