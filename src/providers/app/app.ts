import type { Channel } from '#modules/notify/port.ts';

/** Shows the notice in every browser the person has open: the outcome's own event carries it. Nobody may be looking, so it is never `delivered`. */
export const appChannel: Channel = { name: 'app', send: () => Promise.resolve({ kind: 'accepted', reference: null }) };
