import type { Answer } from '../../api/contracts.ts';
import { Chip, type Severity, type Tone } from '../../ui/mark.tsx';

export type Incident = Answer<'incidents', 'listIncidents'>['items'][number];
export type IncidentDetail = Answer<'incidents', 'getIncident'>;
export type IncidentSeverity = Incident['severity'];
export type Phase = Incident['phase'];
export type Role = Incident['roles'][number]['role'];

export function severityOf(severity: IncidentSeverity): Severity {
  const marks: Record<IncidentSeverity, Severity> = { SEV1: 'sev1', SEV2: 'sev2', SEV3: 'sev3', SEV4: 'sev4' };
  return marks[severity];
}

export function incidentNumber(incident: { number: number }): string {
  return `INC-${incident.number}`;
}

const OVER: readonly Phase[] = ['resolved', 'learned', 'cancelled'];

export function isOpen(incident: { phase: Phase }): boolean {
  return !OVER.includes(incident.phase);
}

const PHASES: Record<Phase, { word: string; tone?: Tone }> = {
  detected: { word: 'Detected' },
  triaged: { word: 'Triaged' },
  declared: { word: 'Ongoing' },
  mitigated: { word: 'Mitigated', tone: 'accent' },
  resolved: { word: 'Resolved', tone: 'green' },
  learned: { word: 'Learned from', tone: 'green' },
  cancelled: { word: 'Cancelled' },
};

export function PhaseChip({ phase }: { phase: Phase }) {
  const { word, tone } = PHASES[phase];
  return <Chip {...(tone !== undefined && { tone })}>{word}</Chip>;
}

export function phaseWord(phase: Phase): string {
  return PHASES[phase].word;
}

export const STATUS_WORDS = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
} as const;

export const ROLE_WORDS: Record<Role, string> = {
  commander: 'Commander',
  operations: 'Operations',
  communications: 'Communications',
  scribe: 'Scribe',
};

export function personIn(incident: { roles: Incident['roles'] }, role: Role): { id: string; name: string } | undefined {
  return incident.roles.find((one) => one.role === role)?.person;
}
