import { iso, instant } from '#kernel/instant.ts';
import type { DemoApi } from './api.ts';
import type { LoadedObjective } from './load/load-counts.ts';
import { CELL_MS } from './shop/cells.ts';
import type { ShopProcess } from './shop-process.ts';
import { SHOP_SERVICES, type ShopService } from './shop/telemetry.ts';

/** After the end of a cell, when its last answers are counted. */
const AFTER_MS = 1000;

export interface FeedOptions {
  api: DemoApi;
  shop: ShopProcess;
  objectives: readonly LoadedObjective[];
  /** Told each time that counts could not be pushed; the next push takes them along. */
  onFailure: (error: unknown) => void;
}

/**
 * Pushes the counts of the shop's services whose objectives take pushed counts, ten seconds at a time, as a log pipeline
 * does. A shop that does not answer has no counts: its objectives come to have no data. Returns how to end it.
 */
export function startFeed({ api, shop, objectives, onFailure }: FeedOptions): () => void {
  const pushedUntil = new Map<string, number>();
  const fed = objectives.filter((objective) => objective.kind === 'counts' && isShopService(objective.service));
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const push = async (): Promise<void> => {
    const counts = await shop.counts();
    for (const { slug, service } of counts === undefined ? [] : fed) {
      const cells = isShopService(service) ? (counts?.[service] ?? []) : [];
      const fresh = cells.filter((cell) => cell.at >= (pushedUntil.get(slug) ?? 0));
      const last = fresh.at(-1);
      if (last === undefined) continue;
      const buckets = fresh.map(({ at, good, valid }) => ({ at: iso(instant(at)), seconds: CELL_MS / 1000, good, valid }));
      await api.slo.pushCounts({ params: { slug }, body: { buckets } });
      pushedUntil.set(slug, last.at + CELL_MS);
    }
  };
  const schedule = (): void => {
    if (ended) return;
    const waitMs = CELL_MS - (Date.now() % CELL_MS) + AFTER_MS;
    timer = setTimeout(() => void push().catch(onFailure).finally(schedule), waitMs);
  };
  schedule();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

function isShopService(slug: string): slug is ShopService {
  return SHOP_SERVICES.some((service) => service === slug);
}
