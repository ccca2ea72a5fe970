import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../../frame/page.tsx';
import { useMay } from '../../frame/session.ts';
import { PageHead } from '../../ui/panel.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AuditLog } from './audit-log.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { Integrations } from './integrations.tsx';
import { Keys } from './keys.tsx';
import { Reach } from './reach.tsx';
import { People } from './people.tsx';
import { Sources } from './sources.tsx';

export function SettingsPage() {
  const { tab } = useSearch({ from: '/frame/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const isAdmin = useMay('admin');
  return (
    <Page>
      <PageHead near title="Settings" />
      <Tabs
        label="Settings"
        value={tab ?? 'reach'}
        onChange={(next) => void navigate({ search: { tab: next === 'reach' ? undefined : next } })}
        tabs={[
          { value: 'reach', label: 'How I am reached', panel: <Reach /> },
          { value: 'integrations', label: 'Integrations', panel: <Integrations /> },
          { value: 'sources', label: 'Sources', panel: <Sources /> },
          { value: 'people', label: 'People', panel: <People /> },
          ...(isAdmin
            ? [
                { value: 'keys' as const, label: 'API keys', panel: <Keys /> },
                { value: 'audit' as const, label: 'Audit log', panel: <AuditLog /> },
                { value: 'jobs' as const, label: 'Dead letters', panel: <DeadLetters /> },
              ]
            : []),
        ]}
      />
    </Page>
  );
}
