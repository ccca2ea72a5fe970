import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Avatar, severityLook } from '../../ui/mark.tsx';
import { Menu, MenuItem } from '../../ui/overlay/menu.tsx';
import { Facts } from '../../ui/panel.tsx';
import { Due, Elapsed } from '../../ui/time/countdown.tsx';
import { Length, Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';
import { type IncidentDetail, isOpen, personIn, phaseWord, severityOf, STATUS_WORDS } from './incident-look.tsx';
import type { RoomDialog } from './incident-page.tsx';
import { SEVERITY_WORDS } from './severity-words.ts';

/** Severity, title, what can be done, and the facts that everybody asks for first. */
export function Pin({ incident, onOpen, may }: { incident: IncidentDetail; onOpen: (dialog: RoomDialog) => void; may: boolean }) {
  const mitigate = useAct(() => api.incidents.mitigate({ params: { id: incident.id }, body: {} }), {
    renews: ['incidents', 'slo'],
    said: () => 'Customers are no longer affected. The watch begins.',
  });
  return (
    <div className="pin">
      <div className="l1">
        <SeverityWhy incident={incident} />
        <h1 className="grow">{incident.title}</h1>
        <PinActs
          incident={incident}
          onOpen={onOpen}
          may={may}
          onMitigate={() => mitigate.mutate(undefined)}
          isMitigating={mitigate.isPending}
        />
      </div>
      <ProblemNote problem={mitigate.error} what="Not marked." />
      <Facts items={facts(incident)} />
    </div>
  );
}

function SeverityWhy({ incident }: { incident: IncidentDetail }) {
  const changes = incident.timeline
    .filter((row) => row.kind.includes('severity') || row.because.code.includes('severity'))
    .map((row) => row.because);
  const words = SEVERITY_WORDS[incident.severity];
  return (
    <Why
      chip={severityLook(severityOf(incident.severity))}
      title={`${incident.severity}: ${words.name}`}
      reasons={changes.slice(-2)}
      foot={
        <>
          {words.meaning.charAt(0).toUpperCase() + words.meaning.slice(1)}. {words.sets}
        </>
      }
    />
  );
}

interface Acts {
  incident: IncidentDetail;
  onOpen: (dialog: RoomDialog) => void;
  may: boolean;
  onMitigate: () => void;
  isMitigating: boolean;
}

function PinActs({ incident, onOpen, may, onMitigate, isMitigating }: Acts) {
  if (!may) return null;
  if (!isOpen(incident)) {
    return (
      <span className="row no-phone">
        <Link to="/postmortems" search={{ incident: incident.id }} className={buttonClass({ kind: 'primary' })}>
          Postmortem
        </Link>
      </span>
    );
  }
  return (
    <span className="row">
      <Menu trigger={<Button kind="ghost" icon="more" aria-label="More" />}>
        <MenuItem icon="incident" onSelect={() => onOpen('severity')}>
          Change severity
        </MenuItem>
        {incident.mitigatedAt === null && (
          <MenuItem icon="check" onSelect={onMitigate}>
            Mark mitigated
          </MenuItem>
        )}
        <MenuItem icon="check" onSelect={() => onOpen('resolve')}>
          Resolve
        </MenuItem>
      </Menu>
      <span className="row no-phone">
        {incident.mitigatedAt === null ? (
          <Button onClick={onMitigate} busy={isMitigating}>
            Mark mitigated
          </Button>
        ) : (
          <Button onClick={() => onOpen('resolve')}>Resolve</Button>
        )}
        <Button kind="primary" hotkey="U" onClick={() => onOpen('update')}>
          Write update
        </Button>
      </span>
    </span>
  );
}

function facts(incident: IncidentDetail) {
  const commander = personIn(incident, 'commander');
  const told = incident.updates.filter((update) => update.audience === 'customers').at(-1);
  const detect = incident.durations.find((one) => one.name === 'detect');
  return [
    { label: 'Phase', value: phaseWord(incident.phase) },
    {
      label: 'Impact for',
      value: <Elapsed since={incident.impactStartedAt ?? incident.declaredAt} until={incident.mitigatedAt ?? incident.resolvedAt} />,
    },
    {
      label: (
        <>
          Next update <Why ask="why" reason={incident.nextUpdateBecause} />
        </>
      ),
      value:
        incident.nextUpdateAt === null ? (
          <span className="mute">none owed</span>
        ) : (
          <>
            <Icon name="clock" />
            <Due at={incident.nextUpdateAt} />
          </>
        ),
    },
    {
      label: 'Commander',
      value:
        commander === undefined ? (
          <span className="tx-orange">nobody</span>
        ) : (
          <>
            <Avatar name={commander.name} />
            {commander.name}
          </>
        ),
    },
    {
      label: 'Public',
      desktopOnly: true,
      value:
        incident.publicStatus === null || told === undefined ? (
          <span className="mute">nothing yet</span>
        ) : (
          <>
            <Icon name="globe" />
            {STATUS_WORDS[incident.publicStatus]} <Time at={told.at} />
          </>
        ),
    },
    {
      label: 'Detected after',
      desktopOnly: true,
      value: detect === undefined || detect.seconds === null ? '—' : <Length ms={detect.seconds * 1000} />,
    },
    { label: '', desktopOnly: true, value: '' },
  ];
}
