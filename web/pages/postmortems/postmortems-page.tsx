import { Page } from '../../frame/page.tsx';

export function PostmortemsPage() {
  return <Page>PostmortemsPage</Page>;
}
