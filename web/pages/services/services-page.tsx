import { Page } from '../../frame/page.tsx';

export function ServicesPage() {
  return <Page>ServicesPage</Page>;
}
