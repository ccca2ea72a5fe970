import type { Contract } from '#kernel/operation.ts';
import { contract as alerts } from '#modules/alerts/contract.ts';
import { contract as catalog } from '#modules/catalog/contract.ts';
import { contract as escalation } from '#modules/escalation/contract.ts';
import { contract as identity } from '#modules/identity/contract.ts';
import { contract as notify } from '#modules/notify/contract.ts';
import { contract as oncall } from '#modules/oncall/contract.ts';

/** Every operation of the product, module by module, lowest first. */
export const contracts = { identity, catalog, notify, oncall, alerts, escalation } as const satisfies Record<string, Contract>;
