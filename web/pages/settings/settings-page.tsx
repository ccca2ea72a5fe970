import { Page } from '../../frame/page.tsx';

export function SettingsPage() {
  return <Page>SettingsPage</Page>;
}
