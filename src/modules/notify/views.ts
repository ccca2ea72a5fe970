import { AppError } from '#kernel/errors.ts';
import { iso, isoOrNull } from '#kernel/instant.ts';
import type { Db } from '#platform/verb.ts';
import type { DeliveryView } from './contract.ts';
import type { SendOutcome } from './port.ts';
import type { DeliveryRow } from './store.ts';

/** The ledger of everything sent about something: each delivery with its attempts, oldest first. */
export async function listDeliveriesAbout(db: Db, about: string): Promise<DeliveryView[]> {
  return withAttempts(db, (await deliveries(db).where('about', '=', about).limit(500).execute()) as LedgerRow[]);
}

export async function getDelivery(db: Db, id: string): Promise<DeliveryView> {
  const [view] = await withAttempts(db, (await deliveries(db).where('delivery.id', '=', id).execute()) as LedgerRow[]);
  if (view === undefined) throw new AppError('not_found', `there is no delivery ${id}`);
  return view;
}

type LedgerRow = Omit<DeliveryRow, 'attempts'> & { personName: string };

function deliveries(db: Db) {
  return db
    .selectFrom('delivery')
    .innerJoin('person', 'person.id', 'delivery.personId')
    .select([
      'delivery.id',
      'about',
      'personId',
      'person.name as personName',
      'channel',
      'target',
      'notice',
      'state',
      'because',
      'queuedAt',
      'dueAt',
      'finishedAt',
    ])
    .orderBy('queuedAt')
    .orderBy('delivery.id');
}

async function withAttempts(db: Db, rows: readonly LedgerRow[]): Promise<DeliveryView[]> {
  if (rows.length === 0) return [];
  const attempts = await db
    .selectFrom('deliveryAttempt')
    .selectAll()
    .where(
      'deliveryId',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('attempt')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    event: row.notice.event,
    personId: row.personId,
    personName: row.personName,
    channel: row.channel,
    target: row.target,
    state: row.state,
    because: row.because,
    queuedAt: iso(row.queuedAt),
    dueAt: iso(row.dueAt),
    finishedAt: isoOrNull(row.finishedAt),
    attempts: attempts
      .filter((attempt) => attempt.deliveryId === row.id)
      .map((attempt) => {
        const outcome = attempt.outcome as SendOutcome | null;
        return {
          attempt: attempt.attempt,
          startedAt: iso(attempt.startedAt),
          finishedAt: isoOrNull(attempt.finishedAt),
          outcome: outcome?.kind ?? null,
          reason: outcome !== null && 'reason' in outcome ? outcome.reason : null,
        };
      }),
  }));
}
