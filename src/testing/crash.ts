import { system } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { VerbContext } from '#platform/verb.ts';
import type { World } from './world.ts';

/** A process that dies just before one of its database calls: that call and every later one fails. */
export interface Crash {
  onQuery: () => void;
  /** How many calls were made, the one it died at included. */
  calls(): number;
  hasCrashed(): boolean;
}

/** Dies at the n-th call, counted from 1; never for Infinity, which counts the calls of a whole run. */
export function crashAtCall(n: number): Crash {
  let calls = 0;
  const hasCrashed = () => calls >= n;
  const onQuery = () => {
    if (!hasCrashed()) calls += 1;
    if (hasCrashed()) throw new AppError('unavailable', `simulated crash at database call ${n}`);
  };
  return { onQuery, calls: () => calls, hasCrashed };
}

/**
 * Does the work once on a node of its own that dies just before its first database call, once on one that dies before its second, and so
 * on until one lives to the end; `afterDeath` looks at what each left. Returns how many died.
 */
export async function dieAtEachCall(
  world: World,
  work: (ctx: VerbContext) => Promise<unknown>,
  afterDeath: (call: number) => Promise<void>,
): Promise<number> {
  for (let call = 1; ; call += 1) {
    const crash = crashAtCall(call);
    let isArmed = false;
    const node = await world.addNode({ onQuery: () => isArmed && crash.onQuery() });
    isArmed = true;
    const died = await node.app.transactor.transact(system('test'), work).then(
      () => false,
      (error: unknown) => {
        if (!crash.hasCrashed()) throw error;
        return true;
      },
    );
    world.crash(node);
    if (!died) return call - 1;
    await afterDeath(call);
  }
}
