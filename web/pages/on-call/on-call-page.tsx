import { Page } from '../../frame/page.tsx';

export function OnCallPage() {
  return <Page>OnCallPage</Page>;
}
