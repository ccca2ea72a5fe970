import { Page } from '../../frame/page.tsx';

export function PostmortemPage() {
  return <Page>PostmortemPage</Page>;
}
