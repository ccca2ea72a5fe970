import { contracts } from '#contracts';
import { httpSend } from '#cli/http-send.ts';
import { clientOf } from '#kernel/client.ts';
import { API_KEY, type Print, quantile, withInstallation } from './installation.ts';

const SINGLES = 2_000;
const BATCHES = 300;
const BATCH = 64;
const LANES = 16;

/** Durable intake over HTTP: an alert is answered when it is on disk. New keys each time; tickets, so that nobody is paged. */
export async function benchIntake(print: Print): Promise<void> {
  await withInstallation(async ({ url }) => {
    const alerts = clientOf(contracts.alerts, httpSend(url, API_KEY));
    const { key } = await alerts.createIntegration({ body: { name: 'bench' } });
    const alert = (id: string) => ({ key: id, summary: `bench ${id}`, severity: 'ticket', labels: { host: 'web-1', region: 'eu' } });
    const post = async (body: unknown): Promise<void> => {
      const answer = await fetch(`${url}/api/v1/intake/${key}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      await answer.text();
      if (answer.status !== 202) throw new Error(`intake answered ${answer.status}`);
    };
    const single = await inLanes(SINGLES, (i) => post(alert(`single-${i}`)));
    print('intake.single', SINGLES / single.seconds, 'alerts/s');
    print('intake.single.p99', quantile(single.each, 0.99), 'ms');
    const batches = await inLanes(BATCHES, (i) => post(Array.from({ length: BATCH }, (_, j) => alert(`batch-${i}-${j}`))));
    print('intake.batch64', (BATCHES * BATCH) / batches.seconds, 'alerts/s');
    print('intake.batch64.p99', quantile(batches.each, 0.99), 'ms');
  });
}

async function inLanes(count: number, work: (i: number) => Promise<void>): Promise<{ seconds: number; each: number[] }> {
  const each: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  const lane = async (): Promise<void> => {
    while (next < count) {
      const i = next;
      next += 1;
      const begunAt = performance.now();
      await work(i);
      each.push(performance.now() - begunAt);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { seconds: (performance.now() - startedAt) / 1000, each };
}
