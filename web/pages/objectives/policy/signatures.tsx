import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { useAct } from '../../../frame/act.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { useMay, useMe } from '../../../frame/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/mark.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { Time } from '../../../ui/time/time.tsx';
import type { Policy } from './policy-levels.tsx';

type Signature = Policy['signatures'][number];
type Role = Signature['role'];

const ROLES: Record<Role, string> = { product: 'Product', sre: 'SRE', engineering: 'Engineering', executive: 'Executive' };

const COLUMNS: Column<Signature>[] = [
  { head: 'Who', cell: (signature) => <b className="medium">{signature.person.name}</b> },
  { head: 'For', cell: (signature) => ROLES[signature.role] },
  { head: 'When', cell: (signature) => <Time at={signature.signedAt} shape="full" /> },
  {
    head: 'Version',
    right: true,
    phoneLabel: 'version',
    cell: (signature) => (signature.current ? signature.version : <Chip tone="yellow">{signature.version}, not this one</Chip>),
  },
];

/** Who signed which version, and a signature of one's own for the version on screen. */
export function Signatures({ policy, onSigned }: { policy: Policy; onSigned: () => void }) {
  const me = useMe();
  const may = useMay('responder');
  const [role, setRole] = useState<Role>('sre');
  const sign = useAct(
    (as: Role) => api.slo.signBudgetPolicy({ params: { slug: policy.slug }, body: { role: as, version: policy.version } }),
    { renews: ['slo'], said: () => `Signed for ${ROLES[role]}.`, after: onSigned },
  );
  const hasSigned = policy.signatures.some((one) => one.current && one.person.id === me.id && one.role === role);
  return (
    <Panel title="Signatures" end={policy.version === 0 ? 'as shipped' : `version ${policy.version}`} flush>
      {policy.signatures.length === 0 ? (
        <p className="pad mute">Nobody has signed it. Product and SRE usually both do.</p>
      ) : (
        <Table
          label="Signatures"
          columns={COLUMNS}
          groups={[{ rows: policy.signatures }]}
          rowKey={(one) => `${one.person.id} ${one.role} ${one.version}`}
        />
      )}
      <div className="sign-here only-print" aria-hidden="true">
        {(['product', 'sre'] as const).map((as) => (
          <p key={as}>
            <span />
            {ROLES[as]}, date
          </p>
        ))}
      </div>
      {may && (
        <div className="pad row wrap gate-line no-print">
          <label htmlFor="sign-as">Sign as {me.name} for</label>
          <select
            id="sign-as"
            className="input fit"
            value={role}
            onChange={(event) => setRole((Object.keys(ROLES) as Role[]).find((one) => one === event.target.value) ?? 'sre')}
          >
            {Object.entries(ROLES).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
          <Button kind="primary" onClick={() => sign.mutate(role)} busy={sign.isPending} disabled={hasSigned}>
            {hasSigned ? 'Signed' : 'Sign this version'}
          </Button>
        </div>
      )}
      <ProblemNote problem={sign.error} what="Not signed." />
    </Panel>
  );
}
