import { z } from 'zod';
import type { FieldProblem } from '#kernel/errors.ts';
import { isZone } from '#kernel/zoned.ts';
import { type Place, received } from './documents.ts';
import { childOf, type Path, pathText } from './report.ts';

/**
 * The rules of OpenSLO v1 as its reference implementation, OpenSLO/go-sdk, executes them; there is no official schema.
 * Every rule is asked of every document, also when others fail, so that one reading shows all that is wrong.
 */
export const KINDS = ['DataSource', 'Service', 'SLI', 'SLO', 'AlertPolicy', 'AlertCondition', 'AlertNotificationTarget'] as const;
export type Kind = (typeof KINDS)[number];

const mustBe = (sentence: string) => ({ error: `must be ${sentence}` });

const filled = z.string(mustBe('text')).min(1, 'must not be empty');
const dnsLabel = z
  .string(mustBe('a name'))
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be at most 63 lower-case letters, digits and inner dashes (RFC 1123)');
const description = z.string(mustBe('text')).max(1050, 'must be at most 1050 characters').optional();
const duration = z.string(mustBe('a duration')).regex(/^[0-9]+[mhdwMQY]$/, 'must be a number and one of m, h, d, w, M, Q, Y, as 30d');
const operator = z.enum(['gt', 'lt', 'gte', 'lte'], mustBe('one of gt, lt, gte, lte'));
const number = z.number(mustBe('a number'));
const flag = z.boolean(mustBe('true or false')).optional();

/** The checks that span fields run beside the fields' own, on whatever is there. */
const always = { when: () => true };
const has = (value: unknown, key: string): boolean => childOf(value, key) !== undefined;
const countOf = (value: unknown, keys: readonly string[]): number => keys.filter((key) => has(value, key)).length;
const exactlyOne = (...keys: string[]) =>
  [(value: unknown) => countOf(value, keys) === 1, { error: `must hold exactly one of ${keys.join(' and ')}`, ...always }] as const;

const LABEL_KEY = /^[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

export function isLabelKey(key: string): boolean {
  return LABEL_KEY.test(key);
}

export function isAnnotationKey(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return LABEL_KEY.test(key);
  return slash <= 253 && PREFIX.test(key.slice(0, slash)) && LABEL_KEY.test(key.slice(slash + 1));
}

const metadata = z.strictObject({
  name: dnsLabel,
  displayName: z.string(mustBe('text')).max(63, 'must be at most 63 characters').optional(),
  labels: z
    .record(
      z.string().refine(isLabelKey, 'must be a label key of at most 63 characters'),
      z.union([z.string(), z.array(z.string())], mustBe('text or a list of texts')),
    )
    .optional(),
  annotations: z
    .record(z.string().refine(isAnnotationKey, 'must be an annotation key, as example.org/key'), z.string(mustBe('text')))
    .optional(),
});

const metric = z.strictObject({
  metricSource: z.strictObject({
    metricSourceRef: dnsLabel.optional(),
    type: z.string(mustBe('text')).optional(),
    spec: z.record(z.string(), z.unknown(), mustBe('an object')).refine((spec) => Object.keys(spec).length > 0, 'must not be empty'),
  }),
});

const sliSpec = z
  .strictObject({
    description,
    thresholdMetric: metric.optional(),
    ratioMetric: z
      .strictObject({
        counter: flag,
        good: metric.optional(),
        bad: metric.optional(),
        total: metric.optional(),
        raw: metric.optional(),
        rawType: z.enum(['success', 'failure'], mustBe('success or failure')).optional(),
      })
      .refine(...exactlyOne('total', 'raw'))
      .refine((ratio) => !has(ratio, 'total') || countOf(ratio, ['good', 'bad']) === 1, {
        error: 'must hold exactly one of good and bad beside total',
        ...always,
      })
      .refine((ratio) => !has(ratio, 'raw') || countOf(ratio, ['good', 'bad']) === 0, {
        error: 'must hold neither good nor bad beside raw',
        ...always,
      })
      .refine((ratio) => !has(ratio, 'raw') || has(ratio, 'rawType'), { path: ['rawType'], error: 'must be given with raw', ...always })
      .optional(),
  })
  .refine(...exactlyOne('thresholdMetric', 'ratioMetric'));

const inlineIndicator = z.strictObject({ metadata, spec: sliSpec });

const inline = <K extends string, S extends z.ZodType>(kind: K, spec: S, ref: string) =>
  z
    .strictObject({
      kind: z.literal(kind, mustBe(kind)).optional(),
      metadata: metadata.optional(),
      spec: spec.optional(),
      [ref]: dnsLabel.optional(),
    })
    .check(
      z.refine((value) => has(value, ref) !== countOf(value, ['kind', 'metadata', 'spec']) > 0, {
        error: `must be either a reference (${ref}) or written out`,
        ...always,
      }),
      ...['kind', 'metadata', 'spec'].map((key) =>
        z.refine((value) => has(value, ref) || countOf(value, ['kind', 'metadata', 'spec']) === 0 || has(value, key), {
          path: [key],
          error: 'must be given',
          ...always,
        }),
      ),
    );

const conditionSpec = z.strictObject({
  severity: filled,
  description,
  condition: z.strictObject({
    kind: z.literal('burnrate', mustBe('burnrate')),
    op: operator,
    threshold: number,
    lookbackWindow: duration,
    alertAfter: duration.optional(),
  }),
});
const targetSpec = z.strictObject({ description, target: filled });
const policySpec = z.strictObject({
  description,
  alertWhenNoData: flag,
  alertWhenResolved: flag,
  alertWhenBreaching: flag,
  conditions: z
    .array(inline('AlertCondition', conditionSpec, 'conditionRef'), mustBe('a list'))
    .length(1, 'must hold exactly one condition'),
  notificationTargets: z
    .array(inline('AlertNotificationTarget', targetSpec, 'targetRef'), mustBe('a list'))
    .min(1, 'must hold at least one target'),
});

const timeWindow = z
  .strictObject({
    duration,
    isRolling: flag,
    calendar: z
      .strictObject({
        startTime: z.string(mustBe('a time')).refine(isDateTime, 'must be a time as 2026-01-31 00:00:00'),
        timeZone: z.string(mustBe('a time zone')).refine(isZone, 'must be an IANA time zone, as Europe/Berlin'),
      })
      .optional(),
  })
  .refine((window) => childOf(window, 'isRolling') !== true || !has(window, 'calendar'), {
    path: ['calendar'],
    error: 'must not be given when isRolling is true',
    ...always,
  })
  .refine((window) => childOf(window, 'isRolling') === true || has(window, 'calendar'), {
    path: ['calendar'],
    error: 'must be given when isRolling is not true',
    ...always,
  });

function isDateTime(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text.replace(' ', 'T')}Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text.replace(' ', 'T'));
}

const objective = z
  .strictObject({
    displayName: z.string(mustBe('text')).optional(),
    op: operator.optional(),
    value: number.optional(),
    target: number.min(0, 'must be at least 0').lt(1, 'must be below 1').optional(),
    targetPercent: number.min(0, 'must be at least 0').lt(100, 'must be below 100').optional(),
    timeSliceTarget: number.gt(0, 'must be above 0').max(1, 'must be at most 1').optional(),
    timeSliceWindow: duration.optional(),
    indicator: inlineIndicator.optional(),
    indicatorRef: dnsLabel.optional(),
    compositeWeight: number.gt(0, 'must be above 0').optional(),
  })
  .refine(...exactlyOne('target', 'targetPercent'));

const sloSpec = z.strictObject({
  description,
  service: filled,
  indicator: inlineIndicator.optional(),
  indicatorRef: dnsLabel.optional(),
  budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices'], mustBe('one of Occurrences, Timeslices, RatioTimeslices')),
  timeWindow: z.array(timeWindow, mustBe('a list')).length(1, 'must hold exactly one window').optional(),
  objectives: z.array(objective, mustBe('a list')),
  alertPolicies: z.array(inline('AlertPolicy', policySpec, 'alertPolicyRef'), mustBe('a list')).optional(),
});

/** What an objective must hold depends on the document's indicator and budgeting method. */
function acrossObjectives(spec: unknown): [Path, string][] {
  const objectives = childOf(spec, 'objectives');
  const list: unknown[] = Array.isArray(objectives) ? objectives : [];
  if (typeof spec !== 'object' || spec === null) return [];
  const own = countOf(spec, ['indicator', 'indicatorRef']);
  const isComposite = list.some((one) => countOf(one, ['indicator', 'indicatorRef']) > 0);
  const found: [Path, string][] = [];
  if (own === 0 && !isComposite) found.push([['indicator'], 'must be given, or indicatorRef, or one for each objective']);
  if (own === 2) found.push([['indicatorRef'], 'must not be given beside indicator']);
  if (own > 0 && isComposite) found.push([['indicator'], 'must not be given when the objectives have their own']);
  const inlined = childOf(childOf(spec, 'indicator'), 'spec');
  list.forEach((one, index) => {
    const tell = (key: string, message: string): unknown => found.push([['objectives', index, key], message]);
    const method = childOf(spec, 'budgetingMethod');
    for (const key of ['op', 'value']) {
      if (has(inlined, 'thresholdMetric') && !has(one, key)) tell(key, 'must be given for a thresholdMetric');
      if (has(inlined, 'ratioMetric') && has(one, key)) tell(key, 'must not be given for a ratioMetric');
    }
    if (method === 'Timeslices' && !has(one, 'timeSliceTarget')) tell('timeSliceTarget', 'must be given for Timeslices');
    if ((method === 'Timeslices' || method === 'RatioTimeslices') && !has(one, 'timeSliceWindow'))
      tell('timeSliceWindow', `must be given for ${method}`);
    const indicators = countOf(one, ['indicator', 'indicatorRef']);
    if (isComposite && indicators === 0) tell('indicator', 'must be given, or indicatorRef, as other objectives have their own');
    if (indicators === 2) tell('indicatorRef', 'must not be given beside indicator');
  });
  return found;
}

const document = <K extends Kind, S extends z.ZodType>(kind: K, spec: S) =>
  z.strictObject({ apiVersion: z.literal('openslo/v1', mustBe('openslo/v1')), kind: z.literal(kind), metadata, spec });

const SCHEMAS: Record<Kind, z.ZodType> = {
  DataSource: document(
    'DataSource',
    z
      .strictObject({ description, type: filled, connectionDetails: z.unknown() })
      .refine((spec) => has(spec, 'connectionDetails'), { path: ['connectionDetails'], error: 'must be given', ...always }),
  ),
  Service: document('Service', z.strictObject({ description }).prefault({})),
  SLI: document('SLI', sliSpec),
  SLO: document('SLO', sloSpec),
  AlertPolicy: document('AlertPolicy', policySpec),
  AlertCondition: document('AlertCondition', conditionSpec),
  AlertNotificationTarget: document('AlertNotificationTarget', targetSpec),
};

export function kindOf(value: unknown): Kind | undefined {
  return KINDS.find((kind) => kind === childOf(value, 'kind'));
}

/** Everything that is wrong with one document, one problem a field. */
export function strictProblems(place: Place): FieldProblem[] {
  const kind = kindOf(place.value);
  if (kind === undefined) {
    const given = childOf(place.value, 'kind');
    return [{ path: pathText([...place.path, 'kind']), message: `must be one of ${KINDS.join(', ')}`, received: received(given) }];
  }
  const value = withoutNulls(place.value);
  const problems = new Map<string, FieldProblem>();
  for (const issue of SCHEMAS[kind].safeParse(value).error?.issues ?? []) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    for (const key of keys) {
      const inner = [...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part)), ...(key === undefined ? [] : [key])];
      const path = pathText([...place.path, ...inner]);
      const message = key === undefined ? messageOf(issue) : 'is not a field of OpenSLO v1';
      if (!problems.has(path)) problems.set(path, { path, message, received: received(inner.reduce<unknown>(childOf, value)) });
    }
  }
  if (kind === 'SLO') {
    for (const [inner, message] of acrossObjectives(childOf(value, 'spec'))) {
      const path = pathText([...place.path, 'spec', ...inner]);
      const parent = inner.slice(0, -1).reduce<unknown>(childOf, childOf(value, 'spec'));
      if (!problems.has(path)) problems.set(path, { path, message, received: received(childOf(parent, inner.at(-1) ?? '')) });
    }
  }
  return [...problems.values()];
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')
    ? `must be ${issue.expected === 'object' ? 'an object' : issue.expected}`
    : issue.message;
}

/** A null says nothing, and an absent field is no other thing. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null)
      .map(([key, child]) => [key, withoutNulls(child)]),
  );
}
