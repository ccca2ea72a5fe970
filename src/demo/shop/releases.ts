import type { DemoApi } from '../api.ts';
import type { Behaviour, Release } from './storefront.ts';

export const GOOD_VERSION = '2026.47.2';
/** The release that sends bank checks without a return address. */
export const BROKEN_VERSION = '2026.47.3';

export interface Releases {
  current(): Release;
  /** Puts a release live and posts the change to Nines, as a pipeline does. The answer is the change as Nines recorded it. */
  deploy(deployment: {
    version: string;
    kind: 'deploy' | 'rollback';
    behaviour: Behaviour | undefined;
  }): Promise<Release & { changeId: string }>;
}

export function createReleases(api: Pick<DemoApi, 'changes'>): Releases {
  let release: Release = { version: GOOD_VERSION, behaviour: 'good' };
  return {
    current: () => release,
    deploy: async ({ version, kind, behaviour }) => {
      const startedAt = new Date().toISOString();
      const from = release.version;
      release = { version, behaviour: behaviour ?? (version === BROKEN_VERSION ? 'broken' : 'good') };
      const change = await api.changes.recordChange({
        body: {
          service: 'checkout',
          kind,
          version,
          author: 'release train',
          summary: kind === 'rollback' ? `Back from ${from} to ${version}` : `Checkout ${version}: shorter bank check`,
          labels: ['checkout', 'pipeline'],
          startedAt,
          finishedAt: new Date().toISOString(),
        },
      });
      return { ...release, changeId: change.id };
    },
  };
}
