import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { Loaded } from '../../frame/loaded.tsx';
import { useMe } from '../../frame/session.ts';
import { useNow } from '../../lib/clock.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { SelectField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Avatar } from '../../ui/mark.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { Countdown } from '../../ui/time/countdown.tsx';
import { Length } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';
import { type IncidentDetail, isOpen, personIn, type Role, ROLE_WORDS } from './incident-look.tsx';

const ROLES = ['commander', 'operations', 'communications', 'scribe'] as const;

/** Who does what, what must hold before it is over, and how fast it went. */
export function RoomLeft({ incident, may }: { incident: IncidentDetail; may: boolean }) {
  return (
    <section className="lft stack" aria-label="Roles and checks">
      <Roles incident={incident} may={may} />
      {isOpen(incident) && <ExitChecks incident={incident} />}
      <Durations incident={incident} />
      <div>
        <div className="sec-head">
          <h2>Services</h2>
        </div>
        <ul className="soft">
          {incident.services.map((service) => (
            <li key={service.slug}>
              <Link to="/services" search={{ find: service.slug }}>
                {service.name}
              </Link>
            </li>
          ))}
          {incident.services.length === 0 && <li className="mute">None named.</li>}
        </ul>
      </div>
    </section>
  );
}

function Roles({ incident, may }: { incident: IncidentDetail; may: boolean }) {
  const me = useMe();
  const [role, setRole] = useState<Role>();
  return (
    <div>
      <div className="sec-head">
        <h2>Roles</h2>
      </div>
      {ROLES.map((one) => {
        const person = personIn(incident, one);
        return (
          <div className="role" key={one}>
            <Avatar name={person?.name ?? '?'} me={person?.id === me.id} />
            <b className={person === undefined ? 'mute' : undefined}>
              {person === undefined ? 'Nobody' : person.id === me.id ? 'You' : person.name}
            </b>
            <span>{ROLE_WORDS[one]}</span>
            {may && isOpen(incident) && (
              <IconButton icon="swap" label={`Give ${ROLE_WORDS[one]} to somebody`} onClick={() => setRole(one)} />
            )}
          </div>
        );
      })}
      <Dialog open={role !== undefined} onOpenChange={() => setRole(undefined)} title={role === undefined ? '' : ROLE_WORDS[role]} narrow>
        {role !== undefined && <RoleForm incident={incident} role={role} onClose={() => setRole(undefined)} />}
      </Dialog>
    </div>
  );
}

function RoleForm({ incident, role, onClose }: { incident: IncidentDetail; role: Role; onClose: () => void }) {
  const me = useMe();
  const people = useQuery(api.identity.listPeople.query({ query: { limit: 500 } }));
  const assign = useAct((personId: string) => api.incidents.assignRole({ params: { id: incident.id, role }, body: { personId } }), {
    renews: ['incidents'],
    said: () => 'They have it, and have been told.',
    after: onClose,
  });
  return (
    <Loaded query={people}>
      {({ items }) => (
        <Form problem={assign.error} fields={['personId']} onSubmit={(data) => assign.mutate(textOf(data, 'personId'))}>
          <SelectField
            name="personId"
            label="Who"
            defaultValue={personIn(incident, role)?.id ?? me.id}
            options={items.filter((person) => person.disabledAt === null).map((person) => ({ value: person.id, label: person.name }))}
          />
          <div className="foot">
            <Button kind="primary" size="large" type="submit" busy={assign.isPending}>
              Hand over
            </Button>
          </div>
        </Form>
      )}
    </Loaded>
  );
}

function ExitChecks({ incident }: { incident: IncidentDetail }) {
  const now = useNow();
  const watchEnds = incident.mitigatedAt === null ? undefined : Date.parse(incident.mitigatedAt) + incident.monitoringSeconds * 1000;
  const checks = [
    { text: 'Customers are no longer affected', holds: incident.mitigatedAt !== null },
    {
      text:
        watchEnds === undefined || watchEnds <= now ? (
          'The watch has passed'
        ) : (
          <>
            The watch ends in <Countdown to={watchEnds} />
          </>
        ),
      holds: watchEnds !== undefined && watchEnds <= now,
    },
    { text: 'Customers were told', holds: incident.publicStatus !== null },
    { text: 'Linked alerts are over', holds: incident.alerts.every((alert) => alert.resolvedAt !== null) },
  ];
  return (
    <div>
      <div className="sec-head">
        <h2>Before we resolve</h2>
        <span className="count">
          {checks.filter((check) => check.holds).length} of {checks.length}
        </span>
      </div>
      <ul className="soft">
        {checks.map((check, at) => (
          <li className="exit" key={at}>
            {check.holds ? <Icon name="check" className="ic-green" /> : <span className="ring" />}
            <span>{check.text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const DURATION_WORDS = { detect: 'To detect', acknowledge: 'To acknowledge', mitigate: 'To mitigate', resolve: 'To resolve' } as const;

function Durations({ incident }: { incident: IncidentDetail }) {
  return (
    <div>
      <div className="sec-head">
        <h2>How fast</h2>
      </div>
      <dl className="kv num">
        {incident.durations.map((one) => [
          <dt key={`l${one.name}`}>{DURATION_WORDS[one.name]}</dt>,
          <dd key={`v${one.name}`} className="row">
            {one.seconds === null ? <span className="mute">—</span> : <Length ms={one.seconds * 1000} />}
            <Why ask="why" reason={one.because} />
          </dd>,
        ])}
      </dl>
    </div>
  );
}
