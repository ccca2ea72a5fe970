import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './nines.ts';
import { startServer } from './server.ts';

export interface AlertmanagerProcess {
  url: string;
  /** Ends it and removes what it wrote. */
  stop(): Promise<void>;
}

/** Starts an Alertmanager of our own, by this configuration, and waits until it is ready. */
export async function startAlertmanager(configuration: string): Promise<AlertmanagerProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-alertmanager-'));
  const config = path.join(folder, 'alertmanager.yml');
  writeFileSync(config, configuration);
  const url = `http://127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${config}`,
    `--storage.path=${path.join(folder, 'data')}`,
    `--web.listen-address=${new URL(url).host}`,
    '--cluster.listen-address=',
    '--log.level=warn',
  ];
  return { url, stop: await startServer({ program: 'prometheus-alertmanager', args, folder, readyUrl: `${url}/-/ready` }) };
}
