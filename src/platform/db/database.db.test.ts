import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Instant, instant } from '#kernel/instant.ts';
import { crashAtCall } from '#testing/crash.ts';
import { cloneDatabase, type TestDatabase } from '#testing/database.ts';
import { type Database, json, openDatabase, stamp, stampOrNull } from './database.ts';

let clone: TestDatabase;
let database: Database;

beforeAll(async () => {
  clone = await cloneDatabase();
  database = await clone.open();
});
afterAll(() => clone.drop());

async function value<T>(expression: ReturnType<typeof sql<T>>): Promise<T | undefined> {
  return (await sql<{ it: T }>`select ${expression} as it`.execute(database.kysely)).rows[0]?.it;
}

describe('the database', () => {
  it('gives back an instant as it was sent, to the millisecond', async () => {
    const at = instant(Date.UTC(2026, 10, 20, 3, 4, 5, 678));
    expect(await value(stamp(at))).toBe(at);
    expect(await value(stampOrNull(null))).toBeNull();
  });

  it('reads times correctly whatever zone the session is in', async () => {
    const text = await value<Instant>(sql`'2026-07-01 00:00:00+05:30'::timestamptz`);
    expect(text).toBe(Date.UTC(2026, 5, 30, 18, 30));
    expect(await value(sql<string>`current_setting('TimeZone')`)).toBe('UTC');
  });

  it('reads big integers and decimals as numbers, alone and in arrays', async () => {
    expect(await value(sql<number>`9007199254740991::int8`)).toBe(Number.MAX_SAFE_INTEGER);
    expect(await value(sql<number>`12.5::numeric`)).toBe(12.5);
    expect(await value(sql<number[]>`array[1, null, 3]::int8[]`)).toEqual([1, null, 3]);
    expect(await value(sql<string>`date '2026-03-29'`)).toBe('2026-03-29');
  });

  it('refuses an integer that JavaScript would round', async () => {
    await expect(value(sql<number>`9007199254740992::int8`)).rejects.toThrow('9007199254740992, which is not a safe integer');
  });

  it('keeps the keys and the arrays of JSON as they are', async () => {
    const sent = { snake_key: 1, list: [{ inner_key: 'ü' }] };
    expect(await value(json(sent))).toEqual(sent);
    expect(await value(json([1, 'two']))).toEqual([1, 'two']);
  });

  it('fails every call from the simulated crash on', async () => {
    const crash = crashAtCall(3);
    const doomed = await clone.open({ onQuery: crash.onQuery });
    await sql`select 1`.execute(doomed.kysely);
    await expect(sql`select 2`.execute(doomed.kysely)).rejects.toThrow('simulated crash at database call 3');
    await expect(sql`select 3`.execute(doomed.kysely)).rejects.toThrow('simulated crash');
    doomed.sever();
  });

  it('rolls back what a severed connection had begun', async () => {
    const doomed = await clone.open();
    await sql`create table half_done (id integer)`.execute(doomed.kysely);
    const cut = doomed.kysely.transaction().execute(async (tx) => {
      await sql`insert into half_done values (1)`.execute(tx);
      doomed.sever();
      await sql`insert into half_done values (2)`.execute(tx);
    });
    await expect(cut).rejects.toThrow();
    expect((await sql`select * from half_done`.execute(database.kysely)).rows).toEqual([]);
  });

  it('names an unreachable server in one sentence without the password', async () => {
    const refused = openDatabase({ url: 'postgres://somebody:hunter2@127.0.0.1:1/nines', applicationName: 'test' });
    await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
    await expect(refused).rejects.toThrow(/^cannot reach PostgreSQL at 127\.0\.0\.1:1\/nines \(DATABASE_URL\): .*ECONNREFUSED/);
    await expect(refused).rejects.not.toThrow('hunter2');
  });
});
