import { Page } from '../../frame/page.tsx';

export function ChangesPage() {
  return <Page>ChangesPage</Page>;
}
