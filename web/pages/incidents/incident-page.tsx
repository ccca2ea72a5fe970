import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCrumb } from '../../frame/crumbs.tsx';
import { Loaded } from '../../frame/loaded.tsx';
import { Page, PagePending } from '../../frame/page.tsx';
import { useMay } from '../../frame/session.ts';
import { useKeys } from '../../lib/keys.ts';
import { ActionBar, Button, buttonClass } from '../../ui/button.tsx';
import { NoteDialog, ResolveDialog, SeverityDialog } from './incident-dialogs.tsx';
import { incidentNumber, isOpen, type IncidentDetail } from './incident-look.tsx';
import { Pin } from './pin.tsx';
import { RoomLeft } from './room-left.tsx';
import { RoomRight } from './room-right.tsx';
import { Story } from './story.tsx';
import { UpdateDialog } from './update-dialog.tsx';

export type RoomDialog = 'update' | 'note' | 'severity' | 'resolve' | undefined;

export function IncidentPage() {
  const { id } = useParams({ from: '/frame/incidents/$id' });
  const incident = useQuery(api.incidents.getIncident.query({ params: { id } }));
  return (
    <Loaded query={incident} pending={<PagePending />}>
      {(data) => <Room incident={data} />}
    </Loaded>
  );
}

/** The room: what holds now is pinned above; roles left, the story in the middle, evidence right. */
function Room({ incident }: { incident: IncidentDetail }) {
  useCrumb(incidentNumber(incident), true);
  const [dialog, setDialog] = useState<RoomDialog>();
  const may = useMay('responder');
  const canWrite = may && isOpen(incident);
  useKeys([
    ...(canWrite ? [{ keys: 'u', label: 'write an update', group: 'This incident', run: () => setDialog('update') }] : []),
    ...(may
      ? [{ keys: 't', label: 'add to the timeline', group: 'This incident', run: () => document.getElementById('composer')?.focus() }]
      : []),
  ]);
  const close = () => setDialog(undefined);
  return (
    <Page bare>
      <Pin incident={incident} onOpen={setDialog} may={may} />
      <div className="room">
        <RoomLeft incident={incident} may={may} />
        <Story incident={incident} may={may} />
        <RoomRight incident={incident} />
      </div>
      {canWrite && (
        <ActionBar>
          <Button kind="primary" onClick={() => setDialog('update')}>
            Write update
          </Button>
          <Button icon="plus" aria-label="Add to the timeline" onClick={() => setDialog('note')} />
        </ActionBar>
      )}
      {may && !isOpen(incident) && (
        <ActionBar>
          <Link to="/postmortems" search={{ incident: incident.id }} className={buttonClass({ kind: 'primary' })}>
            Postmortem
          </Link>
        </ActionBar>
      )}
      <UpdateDialog incident={incident} open={dialog === 'update'} onClose={close} />
      <NoteDialog incident={incident} open={dialog === 'note'} onClose={close} />
      <SeverityDialog incident={incident} open={dialog === 'severity'} onClose={close} />
      <ResolveDialog incident={incident} open={dialog === 'resolve'} onClose={close} />
    </Page>
  );
}
