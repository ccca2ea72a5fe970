import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Structured lines on stderr: stdout belongs to people and to `--json`. */
export function createLog(level: string): Log {
  return pino({ level, base: null, redact: ['*.password', '*.secret', '*.token'] }, pino.destination({ dest: 2, sync: false }));
}

export const silentLog: Log = pino({ level: 'silent' });
