import { z } from 'zod';

/** An objective: the share of valid events that must be good, above 0 and at most 0.9999999. Read exactly to nine decimals. */
export const Target = z
  .number()
  .gt(0, 'must be above 0, as 0.999')
  .max(0.9999999, 'must be a share below 1, at most 0.9999999 (99.9 % is 0.999): a target of 100 % leaves no budget to spend or to burn');
