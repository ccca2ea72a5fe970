import type { contract as demo } from '#demo/contract.ts';
import type { Call, Contract, OperationShape, Output } from '#kernel/operation.ts';
import type { contract as alerts } from '#modules/alerts/contract.ts';
import type { contract as catalog } from '#modules/catalog/contract.ts';
import type { contract as changes } from '#modules/changes/contract.ts';
import type { contract as jobs } from '#modules/jobs/contract.ts';
import type { contract as escalation } from '#modules/escalation/contract.ts';
import type { contract as identity } from '#modules/identity/contract.ts';
import type { contract as incidents } from '#modules/incidents/contract.ts';
import type { contract as notify } from '#modules/notify/contract.ts';
import type { contract as oncall } from '#modules/oncall/contract.ts';
import type { contract as postmortems } from '#modules/postmortems/contract.ts';
import type { contract as releases } from '#modules/releases/contract.ts';
import type { contract as signals } from '#modules/signals/contract.ts';
import type { contract as slo } from '#modules/slo/contract.ts';

/** The contracts the screens speak. Types only: no schema reaches the browser. */
export interface Contracts {
  alerts: typeof alerts;
  catalog: typeof catalog;
  changes: typeof changes;
  demo: typeof demo;
  escalation: typeof escalation;
  identity: typeof identity;
  incidents: typeof incidents;
  jobs: typeof jobs;
  notify: typeof notify;
  oncall: typeof oncall;
  postmortems: typeof postmortems;
  releases: typeof releases;
  signals: typeof signals;
  slo: typeof slo;
}

/** What goes with a call beside its input. */
export interface CallOptions {
  signal?: AbortSignal;
  /** The version this change was made from (`If-Match`). */
  ifMatch?: number;
  /** Makes repeating a create harmless. */
  idempotencyKey?: string;
}

type Arguments<O extends OperationShape> =
  Record<string, never> extends Call<O> ? [call?: Call<O>, options?: CallOptions] : [call: Call<O>, options?: CallOptions];

type CallOnly<O extends OperationShape> = Record<string, never> extends Call<O> ? [call?: Call<O>] : [call: Call<O>];

/** One operation: call it, or hand `query(…)` to `useQuery`. */
export interface Operation<O extends OperationShape> {
  (...args: Arguments<O>): Promise<Output<O>>;
  query(...args: CallOnly<O>): { queryKey: readonly unknown[]; queryFn: (context: { signal: AbortSignal }) => Promise<Output<O>> };
  /** The key of all its queries, for invalidating by hand. */
  key(): readonly string[];
}

export type ModuleClient<C extends Contract> = { readonly [K in keyof C]: Operation<C[K]> };
export type Api = { readonly [M in keyof Contracts]: ModuleClient<Contracts[M]> };

/** What an operation answers, by name: `Answer<'alerts', 'listAlerts'>`. */
export type Answer<M extends keyof Contracts, K extends keyof Contracts[M]> = Contracts[M][K] extends OperationShape
  ? Output<Contracts[M][K]>
  : never;
