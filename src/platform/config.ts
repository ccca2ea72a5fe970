import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { AppError } from '#kernel/errors.ts';
import { parseDuration } from '#kernel/instant.ts';

/** One setting: what it is called as a flag, in the environment and in the file, and what it means. */
export interface SettingDefinition<S extends z.ZodType = z.ZodType> {
  flag: string;
  env: string;
  schema: S;
  fallback: string;
  summary: string;
  secret?: boolean;
}

function setting<const S extends z.ZodType>(definition: SettingDefinition<S>): SettingDefinition<S> {
  return definition;
}

const Bool = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const longest = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest));
}

const CidrList = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .refine((parts) => parts.every(isNetwork), 'must be networks like 127.0.0.0/8, separated by commas');
const Duration = z.string().transform((text, ctx) => {
  const length = parseDuration(text);
  if (length === undefined || length < 1000) ctx.addIssue('must be a length like 10s or 5m, at least 1s');
  return length ?? 0;
});
const OptionalText = z.string().transform((text) => (text === '' ? undefined : text));
const OptionalAddress = z
  .string()
  .refine((text) => text === '' || /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'must be an address like https://nines.example.com')
  .transform((text) => (text === '' ? undefined : text));

export const SETTINGS = {
  port: setting({
    flag: 'port',
    env: 'NINES_PORT',
    schema: z.coerce.number().int().min(0).max(65535),
    fallback: '8080',
    summary: 'Port to listen on; 0 takes a free one.',
  }),
  host: setting({
    flag: 'host',
    env: 'NINES_HOST',
    schema: z.string().min(1),
    fallback: '127.0.0.1',
    summary: 'Address to listen on; 0.0.0.0 for every one.',
  }),
  data: setting({
    flag: 'data',
    env: 'NINES_DATA',
    schema: z.string().min(1),
    fallback: './data',
    summary: 'Folder of the embedded database and the instance’s lock.',
  }),
  demo: setting({
    flag: 'demo',
    env: 'NINES_DEMO',
    schema: Bool,
    fallback: 'false',
    summary: 'Load the sample company and run its live shop.',
  }),
  databaseUrl: setting({
    flag: 'database-url',
    env: 'DATABASE_URL',
    schema: OptionalText,
    fallback: '',
    summary: 'Your PostgreSQL (15 or newer) instead of the embedded one.',
    secret: true,
  }),
  publicUrl: setting({
    flag: 'public-url',
    env: 'NINES_PUBLIC_URL',
    schema: OptionalAddress,
    fallback: '',
    summary: 'Address people reach Nines at, in links of notices; by default where it listens.',
  }),
  adminEmail: setting({
    flag: 'admin-email',
    env: 'NINES_ADMIN_EMAIL',
    schema: OptionalText,
    fallback: '',
    summary: 'With the password: creates the first administrator without the browser.',
  }),
  adminPassword: setting({
    flag: 'admin-password',
    env: 'NINES_ADMIN_PASSWORD',
    schema: OptionalText,
    fallback: '',
    summary: 'Password of that administrator.',
    secret: true,
  }),
  bootstrapApiKey: setting({
    flag: 'bootstrap-api-key',
    env: 'NINES_BOOTSTRAP_API_KEY',
    schema: OptionalText,
    fallback: '',
    summary: 'An administrator’s API key for automation, created at the first start.',
    secret: true,
  }),
  smtpUrl: setting({
    flag: 'smtp-url',
    env: 'NINES_SMTP_URL',
    schema: OptionalText,
    fallback: '',
    summary: 'Mail server for notices, as smtp://user:password@host:587.',
    secret: true,
  }),
  mailFrom: setting({
    flag: 'mail-from',
    env: 'NINES_MAIL_FROM',
    schema: z.string().min(3),
    fallback: 'Nines <nines@localhost>',
    summary: 'Sender of mail.',
  }),
  allowTargets: setting({
    flag: 'allow-targets',
    env: 'NINES_ALLOW_TARGETS',
    schema: CidrList,
    fallback: '',
    summary: 'Private networks that webhooks may reach, as 10.1.0.0/16,127.0.0.0/8.',
  }),
  evaluateEvery: setting({
    flag: 'evaluate-every',
    env: 'NINES_EVALUATE_EVERY',
    schema: Duration,
    fallback: '10s',
    summary: 'How often objectives are evaluated.',
  }),
  logLevel: setting({
    flag: 'log-level',
    env: 'NINES_LOG_LEVEL',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    fallback: 'warn',
    summary: 'Least severe log line shown (JSON, on stderr).',
  }),
} as const;

type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [K in SettingName]: z.output<(typeof SETTINGS)[K]['schema']> };

export type SettingSource = 'flag' | 'environment' | 'file' | 'default';

interface LoadedSettings {
  settings: Settings;
  /** Where each came from, and its text as shown to people: secrets are masked. */
  shown: { name: SettingName; value: string; source: SettingSource }[];
}

const SETTINGS_FILE = 'nines.yaml';

/** Reads the settings: a flag beats the environment, the environment the file, the file the default. */
export function loadSettings(flags: Readonly<Record<string, string | undefined>>, env: NodeJS.ProcessEnv = process.env): LoadedSettings {
  const file = readSettingsFile(flags.config ?? (env.NINES_CONFIG || undefined));
  const values: Record<string, unknown> = {};
  const shown: LoadedSettings['shown'] = [];
  for (const [name, definition] of Object.entries(SETTINGS) as [SettingName, SettingDefinition][]) {
    const found = (
      [
        ['flag', flags[name]],
        // A variable that is set to nothing, as compose files do, says nothing.
        ['environment', env[definition.env] === '' ? undefined : env[definition.env]],
        ['file', file[definition.flag]],
      ] as const
    ).find(([, text]) => text !== undefined);
    const [source, text] = found ?? (['default', definition.fallback] as const);
    const parsed = definition.schema.safeParse(text);
    if (!parsed.success)
      throw new AppError(
        'invalid_input',
        `${sourceName(source, definition)}: ${parsed.error.issues[0]?.message ?? 'is not valid'}, received ${definition.secret === true ? 'a secret' : JSON.stringify(text)}`,
      );
    values[name] = parsed.data;
    shown.push({ name, source, value: definition.secret === true && text !== '' ? '(set, not shown)' : String(text) });
  }
  return { settings: values as Settings, shown };
}

function sourceName(source: SettingSource, definition: SettingDefinition): string {
  return source === 'environment' ? definition.env : source === 'file' ? `${definition.flag} in ${SETTINGS_FILE}` : `--${definition.flag}`;
}

function readSettingsFile(given: string | undefined): Record<string, string> {
  const file = path.resolve(given ?? SETTINGS_FILE);
  if (!existsSync(file)) {
    if (given !== undefined) throw new AppError('invalid_input', `there is no settings file ${file}`);
    return {};
  }
  const parsed = z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .safeParse(parseYaml(readFileSync(file, 'utf8')) ?? {});
  if (!parsed.success) throw new AppError('invalid_input', `${file}: must hold one setting a line, as port: 8080`);
  const known = new Set(Object.values(SETTINGS).map((definition) => definition.flag));
  const unknown = Object.keys(parsed.data).find((key) => !known.has(key));
  if (unknown !== undefined) throw new AppError('invalid_input', `${file}: there is no setting ${unknown}; nines config lists them`);
  return Object.fromEntries(Object.entries(parsed.data).map(([key, value]) => [key, String(value)]));
}

/** Where commands that talk to a running Nines find it. */
export function clientSettings(env: NodeJS.ProcessEnv = process.env): { url: string; apiKey: string | undefined } {
  return { url: env.NINES_URL ?? 'http://127.0.0.1:8080', apiKey: env.NINES_API_KEY };
}
