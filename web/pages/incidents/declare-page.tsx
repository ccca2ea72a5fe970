import { Page } from '../../frame/page.tsx';

export function DeclarePage() {
  return <Page>DeclarePage</Page>;
}
