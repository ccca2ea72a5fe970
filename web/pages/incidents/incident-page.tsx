import { Page } from '../../frame/page.tsx';

export function IncidentPage() {
  return <Page>IncidentPage</Page>;
}
