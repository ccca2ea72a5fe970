import { useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { useAct } from '../../../frame/act.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { Button } from '../../../ui/button.tsx';
import { Time } from '../../../ui/time/time.tsx';
import type { ApprovedService } from './approve-button.tsx';

const SHOWN = 20;

/** The approvals of a service that count now; each can be taken back. Renders nothing where there are none. */
export function ApprovalList({ service }: { service: ApprovedService }) {
  const approvals = useQuery(api.releases.listApprovals.query({ params: { slug: service.slug }, query: { limit: SHOWN } }));
  const withdraw = useAct((id: string) => api.releases.withdrawApproval({ params: { id } }), {
    renews: ['releases'],
    said: (approval) => `${approval.ref} is no longer approved.`,
  });
  const items = approvals.data?.items ?? [];
  if (items.length === 0) return <ProblemNote problem={approvals.error} what="The approvals were not loaded." />;
  return (
    <section>
      <h3>Approved now</h3>
      <ul className="plain">
        {items.map((approval) => (
          <li key={approval.id}>
            <span className="grow">
              <b className="mono medium">{approval.ref}</b> {approval.kind}
              <br />
              <span className="mute sm">
                {approval.approvedBy}: {approval.reason} · until <Time at={approval.expiresAt} shape="moment" />
              </span>
            </span>
            <Button kind="ghost" onClick={() => withdraw.mutate(approval.id)} disabled={withdraw.isPending}>
              Withdraw
            </Button>
          </li>
        ))}
      </ul>
      {approvals.data?.next !== null && <p className="mute sm">The latest {SHOWN} are shown.</p>}
      <ProblemNote problem={withdraw.error} what="Not withdrawn." />
    </section>
  );
}
