import { sql } from 'kysely';
import type { Tx } from '#platform/verb.ts';

/**
 * Lets one transaction at a time work on a named thing, whether its row exists yet or not: two that create the same one
 * would otherwise both find nothing to lock.
 */
export async function lockName(tx: Tx, kind: string, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${kind}/${name}`}, 0))`.execute(tx);
}
