import type { api } from '../../../api/client.ts';
import type { FormProblem } from '../../../ui/form/form.tsx';
import { numberOf } from '../nines/nines.ts';
import type { Policy } from './policy-levels.tsx';

export type PolicyBody = Parameters<typeof api.slo.putBudgetPolicy>[0]['body'];
type Level = Policy['levels'][number];

/** A level as it stands in the form: its bound in percent, its consequences a line each. */
export interface LevelDraft extends Omit<Level, 'above' | 'consequences'> {
  /** Empty for the last level, which has no lower bound. */
  above: string;
  consequences: string;
}

export interface PolicyDraft {
  name: string;
  exceptions: string;
  levels: readonly LevelDraft[];
}

export function policyDraft({ name, exceptions, levels }: Pick<Policy, 'name' | 'exceptions' | 'levels'>): PolicyDraft {
  return {
    name,
    exceptions,
    levels: levels.map((level) => ({
      ...level,
      above: level.above === null ? '' : String(Number((level.above * 100).toFixed(7))),
      consequences: level.consequences.join('\n'),
    })),
  };
}

export function policyBody({ name, exceptions, levels }: PolicyDraft): PolicyBody {
  return {
    name: name.trim(),
    exceptions: exceptions.trim(),
    levels: levels.map((level, at) => ({
      ...level,
      name: level.name.trim(),
      above: at === levels.length - 1 ? null : Number(((numberOf(level.above) ?? 0) / 100).toFixed(9)),
      consequences: level.consequences
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    })),
  };
}

/** What can be told before the server is asked: bounds that are no numbers, or do not go down. */
export function policyProblems({ levels }: PolicyDraft): { path: string; message: string }[] {
  return levels.slice(0, -1).flatMap(({ above }, at) => {
    const bound = numberOf(above);
    const before = at === 0 ? undefined : numberOf(levels[at - 1]?.above ?? '');
    const path = `levels[${at}].above`;
    if (bound === undefined || bound < -100 || bound >= 100) return [{ path, message: 'must be a percentage below 100' }];
    return before !== undefined && before <= bound ? [{ path, message: `must be below ${before} %, where the level before it ends` }] : [];
  });
}

/** An API problem at the fields of this form: a line among the consequences is about the consequences. */
export function placePolicyProblem({ message, fields }: FormProblem): FormProblem {
  return {
    message,
    fields: fields.map((field) => ({
      message: field.message,
      path: field.path
        .replace(/^body\./, '')
        .replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]')
        .replace(/(\.(?:consequences|announce))\[\d+\]$/, '$1'),
    })),
  };
}
