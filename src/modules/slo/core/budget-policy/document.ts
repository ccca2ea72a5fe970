import { assertNever } from '#kernel/errors.ts';
import type { BudgetPolicy, PolicyLevel } from './policy.ts';
import { ALWAYS_HOLDS, BUDGET_MEANING, UNKNOWN_BUDGET } from './sentences.ts';

export interface PolicySignature {
  /** The version that was signed. */
  version: number;
  person: string;
  role: string;
  /** ISO 8601; only its day is shown. */
  signedAt: string;
}

export interface PolicyDocument {
  policy: BudgetPolicy;
  /** Slugs of services that are given to it. */
  services: readonly string[];
  objectives: readonly { name: string; slug: string; service: string }[];
  /** In any order, of any version. */
  signatures: readonly PolicySignature[];
}

/** The policy as people read and sign it, in Markdown. No text of people can add to or break its structure. */
export function renderPolicyDocument({ policy, services, objectives, signatures }: PolicyDocument): string {
  const parts = [
    `# Error budget policy: ${line(policy.name)}`,
    policy.version === 0 ? 'As shipped; nobody has edited or signed it.' : `Version ${policy.version}.`,
    BUDGET_MEANING,
    '## Levels',
    levelTable(policy),
    ...policy.levels.map((level, i) => levelSection(level, policy.levels[i - 1])),
    UNKNOWN_BUDGET,
    '## What always holds',
    list(ALWAYS_HOLDS),
    '## Exceptions',
    policy.exceptions.trim() === '' ? 'None are foreseen.' : paragraphs(policy.exceptions),
    '## What it governs',
    `Services that are given to it: ${services.length === 0 ? 'none' : services.map(line).join(', ')}.`,
    objectives.length === 0 ? 'No objective is judged by it.' : objectiveTable(objectives),
    '## Signatures',
    signatures.length === 0 ? 'Nobody has signed it.' : signatureTable(policy, signatures),
  ];
  return `${parts.join('\n\n')}\n`;
}

function levelTable({ levels }: BudgetPolicy): string {
  const rows = levels.map((level, i) => [level.name, rangeOf(level, levels[i - 1]), gateText(level.gate), level.chaos ? 'allowed' : 'off']);
  return table(['Level', 'Budget left', 'Deploys', 'Chaos'], rows);
}

/** `25 % to 50 %`: above the lower bound, and not above the upper one. */
function rangeOf(level: PolicyLevel, before: PolicyLevel | undefined): string {
  const upper = before?.above ?? null;
  if (level.above === null) return upper === null ? 'any' : `${percent(upper)} or less`;
  return upper === null ? `more than ${percent(level.above)}` : `more than ${percent(level.above)}, up to ${percent(upper)}`;
}

function gateText(gate: PolicyLevel['gate']): string {
  switch (gate) {
    case 'allow':
      return 'allowed';
    case 'allow_except_fridays':
      return 'allowed, not on Fridays';
    case 'needs_approval':
      return 'each needs an approval';
    case 'deny':
      return 'denied';
    default:
      return assertNever(gate);
  }
}

function levelSection(level: PolicyLevel, before: PolicyLevel | undefined): string {
  const told = level.announce.map((audience) =>
    audience === 'owner_team' ? 'the team that owns the service' : 'executives, as the on-call schedule of that name has them',
  );
  const lines = [
    ...level.consequences.map(line),
    told.length === 0 ? 'Nobody is told when it begins.' : `Told when it begins and when it is over: ${told.join(' and ')}.`,
    ...(level.reviewBeforeLifting ? ['A review is recorded before it lifts: until then changes are answered as before.'] : []),
  ];
  return `### ${line(level.name)} (${rangeOf(level, before)})\n\n${list(lines)}`;
}

function objectiveTable(objectives: PolicyDocument['objectives']): string {
  const rows = [...objectives].sort((a, b) => (a.slug < b.slug ? -1 : 1)).map(({ name, slug, service }) => [name, slug, service]);
  return table(['Objective', 'Slug', 'Service'], rows);
}

function signatureTable(policy: BudgetPolicy, signatures: readonly PolicySignature[]): string {
  const sorted = [...signatures].sort((a, b) => b.version - a.version || (a.signedAt < b.signedAt ? -1 : 1));
  const rows = sorted.map(({ version, person, role, signedAt }) => [
    person,
    role,
    signedAt.slice(0, 10),
    version === policy.version ? `${version}` : `${version}, not this one`,
  ]);
  const isSigned = sorted.some(({ version }) => version === policy.version);
  const text = table(['Name', 'Role', 'Date', 'Version'], rows);
  return isSigned ? text : `${text}\n\nNobody has signed version ${policy.version} yet.`;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1000) / 10} %`;
}

function list(lines: readonly string[]): string {
  return lines.map((one) => `- ${one}`).join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(line).join(' | ')} |`;
  return [row(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(row)].join('\n');
}

/** Text of people as one line that is shown as written. */
function line(text: string): string {
  const escaped = text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>|~&#!]/gu, '\\$&');
  return escaped.replace(/^([-+=])/u, '\\$1').replace(/^(\d{1,9})([.)])/u, '$1\\$2');
}

/** Text of people with its paragraphs; nothing else of its form. */
function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/u)
    .map(line)
    .filter((one) => one !== '')
    .join('\n\n');
}
