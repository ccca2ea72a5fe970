import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/note.tsx';

/** No alert to show: because of the filter, because all is well, or because nobody can send one yet. */
export function NoAlerts({ isFiltered, all }: { isFiltered: boolean; all: boolean }) {
  const integrations = useQuery(api.alerts.listIntegrations.query());
  if (isFiltered) {
    return (
      <Empty title="No alert matches">
        <p>Take a word or a filter away.</p>
      </Empty>
    );
  }
  const senders = integrations.data?.items.filter((integration) => integration.revokedAt === null);
  if (senders?.length === 0) {
    return (
      <Empty
        title="No alerts yet"
        act={
          <Link to="/settings" search={{ tab: 'integrations' }} className={buttonClass({ kind: 'primary' })}>
            Create an integration
          </Link>
        }
      >
        <p>An integration gives you an address to send alerts to: from Alertmanager, from a script, from anything that can post JSON.</p>
      </Empty>
    );
  }
  if (senders?.some((integration) => integration.lastSignalAt !== null) === false) {
    return (
      <Empty title="No alerts yet" wait="waiting for the first signal…">
        <p>An integration is ready; its command is in Settings.</p>
      </Empty>
    );
  }
  return (
    <Empty title={all ? 'There has been no alert' : 'Nothing fires'}>
      <p>{all ? 'Senders are connected and quiet.' : 'Alerts that are over are under All.'}</p>
    </Empty>
  );
}
