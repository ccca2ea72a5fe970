import type { Answer } from '../../api/contracts.ts';
import type { GlyphName, IconName } from '../../ui/icons.tsx';
import { Chip, type Tone } from '../../ui/mark.tsx';

export type Alert = Answer<'alerts', 'listAlerts'>['items'][number];
export type AlertSeverity = Alert['severity'];
export type PageDetail = Answer<'escalation', 'getPage'>;
export type Delivery = PageDetail['deliveries'][number];

const SEVERITY: Record<AlertSeverity, { tone?: Tone; glyph: GlyphName; word: string }> = {
  critical: { tone: 'red', glyph: 'octagon', word: 'critical' },
  warning: { tone: 'yellow', glyph: 'diamond', word: 'warning' },
  ticket: { glyph: 'circle', word: 'ticket' },
};

export function AlertSeverityChip({ severity }: { severity: AlertSeverity }) {
  const { tone, glyph, word } = SEVERITY[severity];
  return (
    <Chip glyph={glyph} {...(tone !== undefined && { tone })}>
      {word}
    </Chip>
  );
}

/** The number people say. */
export function alertNumber(alert: { number: number }): string {
  return `ALR-${alert.number}`;
}

/** Where an alert came from, in words: the name that the sender has, or what Nines itself watches. */
export function sourceWord(source: string): string {
  return source === 'slo' ? 'objective' : source;
}

/** A way that nobody has set up, beside another that reached the same person: worth a word, not an alarm. */
export function isNotSetUp(delivery: Delivery, all: readonly Delivery[]): boolean {
  return (
    delivery.state === 'failed' &&
    / set up here/.test(delivery.because.text) &&
    all.some((other) => other.personId === delivery.personId && (other.state === 'sent' || other.state === 'delivered'))
  );
}

const CHANNELS: Record<string, { word: string; icon: IconName }> = {
  app: { word: 'In Nines', icon: 'browser' },
  push: { word: 'Push, phone', icon: 'mobile' },
  webpush: { word: 'Push, browser', icon: 'browser' },
  email: { word: 'E-mail', icon: 'mail' },
  webhook: { word: 'Webhook', icon: 'link' },
  sms: { word: 'SMS', icon: 'message' },
  voice: { word: 'Voice call', icon: 'phone' },
  slack: { word: 'Slack', icon: 'channel' },
};

export function channelLook(channel: string): { word: string; icon: IconName } {
  return CHANNELS[channel] ?? { word: channel, icon: 'send' };
}

/** The channel inside a sentence: "you, e-mail", but "you, SMS". */
export function channelInline(channel: string): string {
  const { word } = channelLook(channel);
  return /^[A-Z]{2}/.test(word) ? word : word.charAt(0).toLowerCase() + word.slice(1);
}
