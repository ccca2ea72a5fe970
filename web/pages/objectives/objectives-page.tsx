import { Page } from '../../frame/page.tsx';

export function ObjectivesPage() {
  return <Page>ObjectivesPage</Page>;
}
