/** PostgreSQL and its driver where the server is away: connection failures, shutdown, too many connections. */
const AWAY_CODE = /^(08|57P|53)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT)$/;
const AWAY_MESSAGE =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Cannot use a pool)/;

/** Whether something failed because the database does not answer, and not because of what it was asked. */
export function isAway(error: unknown): boolean {
  return AWAY_CODE.test(codeOf(error)) || (error instanceof Error && AWAY_MESSAGE.test(error.message));
}

/** The SQLSTATE of what the server refused, or the system's code; empty where there is none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
