import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { useAct } from '../../frame/act.ts';
import { sessionQuery } from '../../frame/session.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/form/field.tsx';
import { Form, secretOf, textOf } from '../../ui/form/form.tsx';
import { EntryFrame } from './entry-frame.tsx';

/** Sign in; afterwards one is where one wanted to go. */
export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const router = useRouter();
  const session = useQuery(sessionQuery);
  const signIn = useAct((body: { email: string; password: string }) => api.identity.signIn({ body }), {
    renews: [],
    after: () => {
      queries.clear();
      router.history.push(next ?? '/');
    },
  });
  const setupNeeded = session.data?.setupNeeded === true;
  useEffect(() => {
    if (setupNeeded) void navigate({ to: '/welcome' });
  }, [setupNeeded, navigate]);
  return (
    <EntryFrame title="Sign in" lead={session.data?.organisation === undefined ? undefined : session.data.organisation}>
      <Form
        problem={signIn.error}
        fields={['email', 'password']}
        onSubmit={(data) => signIn.mutate({ email: textOf(data, 'email'), password: secretOf(data, 'password') })}
      >
        <TextField name="email" label="E-mail" type="email" autoComplete="username" required />
        <TextField name="password" label="Password" type="password" autoComplete="current-password" required />
        <Button kind="primary" size="large" type="submit" busy={signIn.isPending}>
          Sign in
        </Button>
      </Form>
    </EntryFrame>
  );
}
