import { AppError } from '#kernel/errors.ts';
import { codeOf, isAway } from '../db/away.ts';

/** A deadlock that was broken, and transactions that met. */
const TRY_AGAIN_CODE = /^40/;

/** What a failure of the framework, the driver or our own code is to a caller. Nothing thrown escapes this. */
export function appErrorOf(error: unknown, bodyLimit: number): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : 'unknown failure';
  const code = codeOf(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new AppError('limit_exceeded', `the body is larger than the ${bodyLimit} bytes that this operation takes`, {
      facts: { limitBytes: bodyLimit },
    });
  if (code.startsWith('FST_ERR')) {
    const path = code.startsWith('FST_ERR_CTP') ? 'body' : 'path';
    return new AppError('invalid_input', `the request cannot be read: ${message}`, { fields: [{ path, message }], cause: error });
  }
  if (isAway(error) || TRY_AGAIN_CODE.test(code))
    return new AppError('unavailable', 'the database does not answer; try again', { cause: error });
  return databaseRefusal(code, message, error) ?? new AppError('internal', message, { cause: error });
}

/** The last net under inputs: what no schema foresaw and the database would not take is still the caller's to mend. */
function databaseRefusal(code: string, message: string, cause: unknown): AppError | undefined {
  if (/^22[0-9A-Z]{3}$/.test(code)) return new AppError('invalid_input', `a value cannot be stored: ${message}`, { cause });
  if (code === '23505' || code === '23503')
    return new AppError('conflict', 'somebody else changed the same thing at the same moment; look again', { cause });
  return undefined;
}
