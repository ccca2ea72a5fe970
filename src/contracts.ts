import type { Contract } from '#kernel/operation.ts';
import { contract as demo } from '#demo/contract.ts';
import { contract as alerts } from '#modules/alerts/contract.ts';
import { contract as catalog } from '#modules/catalog/contract.ts';
import { contract as changes } from '#modules/changes/contract.ts';
import { contract as escalation } from '#modules/escalation/contract.ts';
import { contract as identity } from '#modules/identity/contract.ts';
import { contract as incidents } from '#modules/incidents/contract.ts';
import { contract as jobs } from '#modules/jobs/contract.ts';
import { contract as notify } from '#modules/notify/contract.ts';
import { contract as oncall } from '#modules/oncall/contract.ts';
import { contract as postmortems } from '#modules/postmortems/contract.ts';
import { contract as releases } from '#modules/releases/contract.ts';
import { contract as signals } from '#modules/signals/contract.ts';
import { contract as slo } from '#modules/slo/contract.ts';
import { contract as statuspage } from '#modules/statuspage/contract.ts';

/** Every operation of the product, module by module, lowest first. */
export const contracts = {
  identity,
  jobs,
  catalog,
  changes,
  notify,
  oncall,
  alerts,
  signals,
  slo,
  escalation,
  incidents,
  statuspage,
  postmortems,
  releases,
  demo,
} as const satisfies Record<string, Contract>;
