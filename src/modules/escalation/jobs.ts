import { type JobHandler, handleJob } from '#platform/jobs/handler.ts';
import { escalatePage } from './escalate.ts';
import { escalate } from './job-definitions.ts';

export const jobs: JobHandler[] = [handleJob(escalate, escalatePage)];
