import { AppError } from './errors.ts';

/** Refuses a write that believes in another version than the one that is there (`If-Match`). */
export function requireVersion(what: string, actual: number, ifMatch: number | undefined): void {
  if (ifMatch !== undefined && ifMatch !== actual)
    throw new AppError('precondition_failed', `${what} is at version ${actual}, not ${ifMatch}`, { facts: { version: actual } });
}
