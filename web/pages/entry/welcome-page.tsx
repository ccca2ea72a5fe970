import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Loaded } from '../../frame/loaded.tsx';
import { type Session, sessionQuery } from '../../frame/session.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Snippet } from '../../ui/note.tsx';
import { Checklist } from './checklist.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { SetUpForm } from './set-up-form.tsx';

/** The first run: the administrator, then the demo or an empty start, then a checklist that ticks itself. */
export function WelcomePage() {
  const session = useQuery(sessionQuery);
  return <Loaded query={session}>{(data) => <Step session={data} />}</Loaded>;
}

function Step({ session }: { session: Session }) {
  const navigate = useNavigate();
  const [startsEmpty, setStartsEmpty] = useState(false);
  const isStranger = !session.setupNeeded && session.person === null;
  useEffect(() => {
    if (isStranger) void navigate({ to: '/sign-in' });
  }, [isStranger, navigate]);
  if (isStranger) return null;
  if (session.setupNeeded) return <SetUpForm />;
  if (session.demo || startsEmpty) return <Steps demo={session.demo} />;
  return <Choice onEmpty={() => setStartsEmpty(true)} />;
}

function Choice({ onEmpty }: { onEmpty: () => void }) {
  return (
    <EntryFrame title="How do you want to begin?" lead="You are the administrator. Nothing is decided for good here." wide>
      <div className="choices">
        <section className="panel">
          <h2>Start empty</h2>
          <p>Your own services, alerts and people, with a checklist. The first page can reach you in about five minutes.</p>
          <Button kind="primary" size="large" onClick={onEmpty}>
            Start empty
          </Button>
        </section>
        <section className="panel">
          <h2>Show me with a demo company</h2>
          <p>
            A small shop with real traffic, objectives and a release that breaks. It runs beside this one, in its own data folder, and
            leaves nothing here.
          </p>
          <Snippet text="npm start -- --demo" />
        </section>
      </div>
    </EntryFrame>
  );
}

function Steps({ demo }: { demo: boolean }) {
  return (
    <EntryFrame
      title={demo ? 'The demo shop is open' : 'Five steps to the first page'}
      lead={
        demo
          ? 'Orders flow, objectives are counted. Look around; in a few minutes a release breaks the checkout.'
          : 'Each ticks itself once it is true. Leave and come back as you like.'
      }
      wide
    >
      <div className="stack mid">
        {!demo && <Checklist />}
        <Link to="/" className={buttonClass({ kind: 'primary', size: 'large' })}>
          Open Nines
        </Link>
      </div>
    </EntryFrame>
  );
}
