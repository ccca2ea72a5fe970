import type { ObjectiveReader } from '#modules/slo/index.ts';
import { type JobHandler, handleJob } from '#platform/jobs/handler.ts';
import { announceLevel, relook } from './announce-level.ts';

export function jobs(reader: ObjectiveReader): JobHandler[] {
  return [handleJob(relook, (ctx, subject) => announceLevel(ctx, subject, reader))];
}
