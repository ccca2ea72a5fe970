import type { IncidentSeverity } from './incident-look.tsx';

export interface SeverityWords {
  name: string;
  meaning: string;
  /** What declaring it sets off, for the sentence before the button. */
  sets: string;
}

/** The severity table as people read it while declaring. */
export const SEVERITY_WORDS: Record<IncidentSeverity, SeverityWords> = {
  SEV1: {
    name: 'critical',
    meaning: 'full outage, all users, data loss or security breach',
    sets: 'A first update to customers is due in 15 min, then every 15 min.',
  },
  SEV2: {
    name: 'major',
    meaning: 'significant degradation, most users',
    sets: 'A first update to customers is due in 30 min, then every 30 min.',
  },
  SEV3: {
    name: 'minor',
    meaning: 'partial degradation, a workaround exists',
    sets: 'A first update to customers is due in 4 h, then every 4 h.',
  },
  SEV4: { name: 'low', meaning: 'cosmetic, no user impact', sets: 'No update to customers is promised.' },
};

export const SEVERITY_NAMES = ['SEV1', 'SEV2', 'SEV3', 'SEV4'] as const;
