import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { useAct } from '../../frame/act.ts';
import { sessionQuery } from '../../frame/session.ts';
import { viewerZone } from '../../lib/zone.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/form/field.tsx';
import { Form, secretOf, textOf } from '../../ui/form/form.tsx';
import { EntryFrame } from './entry-frame.tsx';

type NewAdministrator = NonNullable<Parameters<typeof api.identity.setUp>[0]>['body'];

/** Creates the first person of an empty installation, who may do everything. */
export function SetUpForm() {
  const setUp = useAct((body: NewAdministrator) => api.identity.setUp({ body }), {
    renews: [],
    after: () => void queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const submit = (data: FormData) => {
    const organisation = textOf(data, 'organisation');
    setUp.mutate({
      name: textOf(data, 'name'),
      email: textOf(data, 'email'),
      password: secretOf(data, 'password'),
      zone: viewerZone(),
      ...(organisation !== '' && { organisation }),
    });
  };
  return (
    <EntryFrame title="Welcome to Nines" lead="This installation is new. Create its administrator: you. Everything stays on this machine.">
      <Form problem={setUp.error} fields={['name', 'email', 'password', 'organisation']} onSubmit={submit}>
        <TextField name="name" label="Your name" autoComplete="name" required />
        <TextField name="email" label="E-mail" type="email" autoComplete="username" required />
        <TextField
          name="password"
          label="Password"
          hint="10 characters or more"
          type="password"
          autoComplete="new-password"
          minLength={10}
          required
        />
        <TextField name="organisation" label="Organisation" hint="optional" autoComplete="organization" />
        <Button kind="primary" size="large" type="submit" busy={setUp.isPending}>
          Create the administrator
        </Button>
      </Form>
    </EntryFrame>
  );
}
