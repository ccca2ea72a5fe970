import { Link } from '@tanstack/react-router';
import { useMe } from '../../frame/session.ts';
import { Icon } from '../../ui/icons.tsx';
import { Avatar, SeverityChip } from '../../ui/mark.tsx';
import { Facts } from '../../ui/panel.tsx';
import { Due, Elapsed } from '../../ui/time/countdown.tsx';
import { type Incident, incidentNumber, personIn, PhaseChip, ROLE_WORDS, severityOf } from '../incidents/incident-look.tsx';

/** An open incident: how bad, how long, who commands, when customers are to hear. */
export function IncidentCard({ incident }: { incident: Incident }) {
  const me = useMe();
  const commander = personIn(incident, 'commander');
  const mine = incident.roles.find((one) => one.person.id === me.id);
  return (
    <Link to="/incidents/$id" params={{ id: incident.id }} className="inc" data-row>
      <div className="top">
        <SeverityChip severity={severityOf(incident.severity)} />
        <span className="ttl grow">{incident.title}</span>
        <PhaseChip phase={incident.phase} />
        <span className="mono mute sm">{incidentNumber(incident)}</span>
      </div>
      <Facts
        items={[
          { label: 'Impact for', value: <Elapsed since={incident.impactStartedAt ?? incident.declaredAt} until={incident.mitigatedAt} /> },
          {
            label: 'Next update',
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
                  <Avatar name={commander.name} me={commander.id === me.id} />
                  {commander.id === me.id ? 'You' : commander.name}
                </>
              ),
          },
          { label: 'Your role', value: mine === undefined ? <span className="mute">none</span> : ROLE_WORDS[mine.role] },
          { label: 'Services', value: incident.services.map((service) => service.name).join(', ') || '—', wide: true },
        ]}
      />
    </Link>
  );
}
