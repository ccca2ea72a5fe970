import { Page } from '../../frame/page.tsx';

export function IncidentsPage() {
  return <Page>IncidentsPage</Page>;
}
