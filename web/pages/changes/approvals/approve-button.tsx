import { useState } from 'react';
import { useMay } from '../../../frame/session.ts';
import { Dialog } from '../../../ui/overlay/dialog.tsx';
import { ApprovalList } from './approval-list.tsx';
import { ApproveForm } from './approve-form.tsx';

export interface ApprovedService {
  slug: string;
  name: string;
}

/** Opens the approvals of a service: a form for one more, and those that count. */
export function ApproveButton({ service }: { service: ApprovedService }) {
  const may = useMay('responder');
  const [isOpen, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <button type="button" className="link sm nowrap" onClick={() => setOpen(true)}>
        Approve a change
      </button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={`Approve a change of ${service.name}`}>
        <div className="stack">
          <ApproveForm service={service} onClose={() => setOpen(false)} />
          <ApprovalList service={service} />
        </div>
      </Dialog>
    </>
  );
}
