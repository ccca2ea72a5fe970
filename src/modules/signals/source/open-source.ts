import type { ConnectSource } from '../port.ts';
import type { OpenSource } from './preview.ts';
import { connectionOf, findSource } from './store.ts';

/** Opens sources by their slugs, with their secrets. */
export function openSource(connect: ConnectSource): OpenSource {
  return async (db, slug) => {
    const source = await findSource(db, slug);
    return source === undefined ? undefined : connect(connectionOf(source));
  };
}
