import { AppError } from '#kernel/errors.ts';
import type { Handlers } from '#kernel/operation.ts';
import type { contract } from '#demo/contract.ts';
import type { Demo } from '#demo/run.ts';
import type { HttpCall } from '#platform/http/call.ts';

/** Where the running demo is found; empty on an installation that runs none. */
export interface DemoPlace {
  demo: Demo | undefined;
}

/** The demo's switches. `not_found` where no demo runs, `conflict` with the reason where the switch may not be thrown now. */
export function demoRoutes(place: DemoPlace): Handlers<typeof contract, HttpCall> {
  const running = (): Demo => {
    if (place.demo === undefined) throw new AppError('not_found', 'no demo runs here; start Nines with --demo');
    return place.demo;
  };
  return {
    state: () => running().state(),
    outage: async () => {
      const demo = running();
      const before = await demo.state();
      if (!before.mayOutage) throw new AppError('conflict', before.because.text, { facts: { code: before.because.code } });
      return demo.simulateOutage();
    },
    rollback: async () => {
      const demo = running();
      const before = await demo.state();
      if (!before.mayRollBack) throw new AppError('conflict', before.because.text, { facts: { code: before.because.code } });
      return demo.rollBack();
    },
  };
}
