import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../../api/client.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { capital } from '../../../lib/words.ts';
import { Icon } from '../../../ui/icons.tsx';
import { SkeletonBlock } from '../../../ui/note.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { Why } from '../../../ui/why.tsx';
import { ApproveButton } from '../../changes/approvals/approve-button.tsx';
import { GATE_WORDS } from '../../changes/gate-look.ts';
import { ReviewsPanel } from '../review/reviews-panel.tsx';
import { PolicyLevels } from '../policy/policy-levels.tsx';
import type { Objective } from '../objective-look.ts';
import { SpentPanel } from './spent-panel.tsx';

/** What the budget means for changes, what took it, and how it is defined. */
export function ObjectiveAside({ objective }: { objective: Objective }) {
  return (
    <div className="stack mid">
      <PolicyPanel objective={objective} />
      <ReviewsPanel slug={objective.slug} />
      <SpentPanel objective={objective} />
      {Object.keys(objective.links).length > 0 && (
        <Panel title="Runbook and links" icon="book">
          <ul className="plain">
            {Object.entries(objective.links).map(([name, url]) => (
              <li key={name}>
                <a className="link" href={url} target="_blank" rel="noreferrer">
                  {capital(name)}
                </a>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {(objective.definition?.['rationale'] ?? '') !== '' && (
        <Panel title="Why this target">
          <Prose text={String(objective.definition?.['rationale'])} />
        </Panel>
      )}
    </div>
  );
}

function PolicyPanel({ objective }: { objective: Objective }) {
  const gate = useQuery(api.releases.getGate.query({ params: { slug: objective.service.slug } }));
  const policies = useQuery(api.slo.listBudgetPolicies.query({ query: { limit: 500 } }));
  const policy = policies.data?.items.find((one) => one.objectives.some(({ slug }) => slug === objective.slug));
  return (
    <Panel
      title="Policy"
      end={
        policy !== undefined && (
          <Link className="link" to="/objectives/policy" search={{ policy: policy.slug }}>
            {policy.name}
          </Link>
        )
      }
      flush
    >
      {policy !== undefined && <PolicyLevels policy={policy} current={objective.level} />}
      {policy === undefined && policies.isPending && <SkeletonBlock height={180} />}
      <ProblemNote problem={policies.error} what="The policy was not loaded." />
      {gate.data !== undefined && (
        <div className="pad row gate-line">
          <Icon name={gate.data.decision === 'allow' ? 'unlock' : 'lock'} />
          <span className="grow">
            {GATE_WORDS[gate.data.decision]} for {objective.service.name}{' '}
            {gate.data.decision === 'needs_approval' && <ApproveButton service={objective.service} />}
          </span>
          <Why side="right" title={GATE_WORDS[gate.data.decision]} reasons={gate.data.because} />
        </div>
      )}
    </Panel>
  );
}
