import { AppError } from '#kernel/errors.ts';

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
