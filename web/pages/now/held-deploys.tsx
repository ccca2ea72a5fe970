import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { Icon } from '../../ui/icons.tsx';
import { Why } from '../../ui/why.tsx';
import { ApproveButton } from '../changes/approvals/approve-button.tsx';
import type { Gate } from '../changes/gate-look.ts';

interface Named {
  slug: string;
  name: string;
}

/** Services whose deploys do not simply pass. Renders nothing when all do. */
export function HeldDeploys({ services }: { services: readonly Named[] }) {
  return (
    <ul className="plain held">
      {services.map((service) => (
        <Held key={service.slug} service={service} />
      ))}
    </ul>
  );
}

function Held({ service }: { service: Named }) {
  const gate = useQuery(api.releases.getGate.query({ params: { slug: service.slug } }));
  if (gate.data === undefined || gate.data.decision === 'allow') return null;
  return (
    <li>
      <Icon name="lock" />
      <span className="grow">
        {service.name}
        <br />
        <span className="mute sm">{gate.data.decision === 'deny' ? 'held' : 'each needs an approval'}</span>
        <AwaitsReview gate={gate.data} />
        {gate.data.decision === 'needs_approval' && (
          <>
            {' '}
            <ApproveButton service={service} />
          </>
        )}
      </span>
      <Why
        side="right"
        title={`${service.name}: ${gate.data.decision === 'deny' ? 'deploys held' : 'approval needed'}`}
        reasons={gate.data.because}
        foot="Rolling back is always allowed."
      />
    </li>
  );
}

/** The budget is better, and only the look back is missing: where to write it. */
function AwaitsReview({ gate }: { gate: Gate }) {
  const slug = gate.because.find((reason) => reason.code === 'review_pending')?.facts['slug'];
  if (typeof slug !== 'string') return null;
  return (
    <>
      {' '}
      <Link className="link sm nowrap" to="/objectives/$slug" params={{ slug }}>
        Record the review
      </Link>
    </>
  );
}
