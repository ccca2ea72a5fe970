import type { ShopService } from './telemetry.ts';
import { SHOP_SERVICES } from './telemetry.ts';

export const CELL_MS = 10_000;
const KEEP_MS = 5 * 60_000;

/** What a service answered from `at` (epoch ms, on a grid of 10 s) for ten seconds. */
export interface Cell {
  at: number;
  good: number;
  valid: number;
}

/** The shop's own ledger of answered requests, for those who push counts rather than metrics. */
export interface CellLedger {
  count(service: ShopService, status: number, now: number): void;
  /** Whole cells of the last five minutes that are over, oldest first; cells without a request are 0 of 0. */
  closed(service: ShopService, now: number): Cell[];
}

export function createCellLedger(startedAt: number): CellLedger {
  const firstAt = Math.ceil(startedAt / CELL_MS) * CELL_MS;
  const cells = new Map<ShopService, Map<number, Cell>>(SHOP_SERVICES.map((service) => [service, new Map()]));
  return {
    count(service, status, now) {
      const at = Math.floor(now / CELL_MS) * CELL_MS;
      const own = cells.get(service);
      const before = own?.get(at) ?? { at, good: 0, valid: 0 };
      own?.set(at, { at, good: before.good + (status < 500 ? 1 : 0), valid: before.valid + 1 });
      for (const old of own?.keys() ?? []) if (old < at - KEEP_MS) own?.delete(old);
    },
    closed(service, now) {
      const until = Math.floor(now / CELL_MS) * CELL_MS;
      const from = Math.max(firstAt, until - KEEP_MS);
      const own = cells.get(service);
      return Array.from({ length: Math.max(0, (until - from) / CELL_MS) }, (_, i) => {
        const at = from + i * CELL_MS;
        return own?.get(at) ?? { at, good: 0, valid: 0 };
      });
    },
  };
}
