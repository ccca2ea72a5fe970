import { Page } from '../../frame/page.tsx';

export function ObjectivePage() {
  return <Page>ObjectivePage</Page>;
}
