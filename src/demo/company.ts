import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { AppError } from '#kernel/errors.ts';
import { ROLES } from '#kernel/operation.ts';
import { Slug } from '#kernel/text.ts';
import { WallTime, Zone } from '#kernel/zoned.ts';
import { ServiceDefinition } from '#modules/catalog/contract.ts';
import { NewChange } from '#modules/changes/contract.ts';
import { INCIDENT_ROLES, UPDATE_STATUSES } from '#modules/incidents/contract.ts';
import { ObjectiveDefinition } from '#modules/slo/contract.ts';
import { NewAction, PostmortemDetailView } from '#modules/postmortems/contract.ts';

/** Checked by the schema of an operation's body, and kept as it is written: it goes over the wire. */
function bodyOf<S extends z.ZodType>(schema: S) {
  return z.unknown().transform((value, ctx): z.input<S> => {
    for (const issue of schema.safeParse(value).error?.issues ?? [])
      ctx.addIssue({ code: 'custom', message: issue.message, path: [...issue.path] });
    return value as z.input<S>;
  });
}

const Key = z.string().min(1);
const PersonEntry = z.strictObject({ key: Key, name: z.string(), email: z.email(), role: z.enum(ROLES), zone: Zone });

const ScheduleEntry = z.strictObject({
  name: z.string(),
  zone: Zone,
  participants: z.array(Key),
  handoffDay: z.int().min(1).max(7),
  handoffTime: WallTime,
  /** The first participant's first week began so many weeks before the week of loading. */
  startedWeeksAgo: z.int().min(0),
});

const PolicyEntry = z.strictObject({
  name: z.string(),
  isDefault: z.boolean(),
  repeats: z.int(),
  services: z.array(Slug),
  steps: z.array(z.strictObject({ targets: z.array(z.strictObject({ schedule: Slug })), delaySeconds: z.int() })),
});

const HistoryEntry = z.strictObject({ ratePerSecond: z.number().positive(), remainingRatio: z.number().max(1) });
const ObjectiveEntry = z
  .looseObject({ history: HistoryEntry, target: z.number() })
  .transform(({ history, ...definition }) => ({ history, target: definition.target, definition: definition as unknown }))
  .pipe(z.object({ history: HistoryEntry, target: z.number(), definition: bodyOf(ObjectiveDefinition) }));

const When = { daysAgo: z.int().min(0).max(89), at: WallTime };
const ChangeEntry = z
  .looseObject({ ...When, minutes: z.int().min(0) })
  .transform(({ daysAgo, at, minutes, ...body }) => ({ daysAgo, at, minutes, body: body as unknown }))
  .pipe(z.object({ ...When, minutes: z.int(), body: bodyOf(NewChange) }));

const After = z.number().min(0);
const Sections = PostmortemDetailView.shape.sections.element.shape.id;
const ActionEntry = z.strictObject({
  title: NewAction.shape.title,
  kind: NewAction.shape.kind,
  priority: NewAction.shape.priority,
  owner: Key,
  /** Days after the incident began. */
  dueAfterDays: z.int(),
  state: z.enum(['open', 'in_progress', 'done']),
});

const IncidentEntry = z.strictObject({
  title: z.string(),
  severity: z.enum(['SEV1', 'SEV2', 'SEV3', 'SEV4']),
  services: z.array(Slug),
  daysAgo: When.daysAgo,
  impactAt: WallTime,
  /** Share of each objective's budget that it spent. */
  spends: z.record(Slug, z.number()).default({}),
  declared: z.strictObject({ after: After, commander: Key }),
  roles: z.partialRecord(z.enum(INCIDENT_ROLES), Key).default({}),
  updates: z.array(z.strictObject({ after: After, status: z.enum(UPDATE_STATUSES), text: z.string() })),
  notes: z
    .array(z.strictObject({ after: After, kind: z.enum(['note', 'decision', 'hypothesis', 'action']), text: z.string() }))
    .default([]),
  mitigated: z.strictObject({ after: After, text: z.string() }),
  resolved: z.strictObject({ after: After }),
  postmortem: z
    .strictObject({
      title: z.string(),
      state: z.enum(['draft', 'in_review', 'published']),
      sections: z.partialRecord(Sections, z.string()),
      actions: z.array(ActionEntry),
    })
    .optional(),
});

const CompanyFile = z.strictObject({
  organisation: z.string(),
  people: z.array(PersonEntry).min(1),
  services: z.record(Slug, bodyOf(ServiceDefinition)),
  schedules: z.record(Slug, ScheduleEntry),
  policies: z.record(Slug, PolicyEntry),
});

/** The sample company, as written under examples/demo. */
export type Company = z.output<typeof CompanyFile> & {
  objectives: Record<string, z.output<typeof ObjectiveEntry>>;
  changes: z.output<typeof ChangeEntry>[];
  /** Oldest first. */
  incidents: z.output<typeof IncidentEntry>[];
};
export type PastIncident = Company['incidents'][number];

const COMPANY_FOLDER = path.resolve(import.meta.dirname, '../../examples/demo');

/** Reads the sample company. A file that does not fit is named, with the place in it. */
export function readCompany(folder: string = COMPANY_FOLDER): Company {
  const incidents = readdirSync(path.join(folder, 'incidents'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFile(path.join(folder, 'incidents', name), IncidentEntry));
  return {
    ...readFile(path.join(folder, 'company.yaml'), CompanyFile),
    objectives: readFile(path.join(folder, 'objectives.yaml'), z.record(Slug, ObjectiveEntry)),
    changes: readFile(path.join(folder, 'changes.yaml'), z.array(ChangeEntry)),
    incidents: incidents.sort((a, b) => b.daysAgo - a.daysAgo),
  };
}

function readFile<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  const parsed = schema.safeParse(parseYaml(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('invalid_input', `${file}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}
