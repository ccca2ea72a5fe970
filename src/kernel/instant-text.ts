import { z } from 'zod';
import type { Instant } from './instant.ts';

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** Reads RFC 3339 with an offset or Z, between the years 2000 and 2100. */
export const InstantText = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 time with an offset, as 2026-11-19T02:02:30Z' })
  .transform((text) => Date.parse(text) as Instant)
  .refine((at) => at >= EARLIEST && at < LATEST, 'must lie between the years 2000 and 2100');

/** A time in a response. */
export const IsoTime = z.string().meta({ format: 'date-time' });
