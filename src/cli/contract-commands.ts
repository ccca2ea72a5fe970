import type { Command } from 'commander';
import { z } from 'zod';
import { contracts } from '#contracts';
import { clientOf } from '#kernel/client.ts';
import { AppError } from '#kernel/errors.ts';
import type { OperationShape } from '#kernel/operation.ts';
import { httpSend } from './http-send.ts';
import { printResult } from './print.ts';
import { readValues } from './yaml-files.ts';

/** Makes a command of every operation that names one: path parameters are arguments, query and body fields are flags. */
export function addContractCommands(program: Command, exitWith: (code: number) => void): void {
  for (const contract of Object.values(contracts)) {
    for (const [name, operation] of Object.entries(contract) as [string, OperationShape][]) {
      if (operation.cli !== undefined) addCommand({ program, exitWith }, contract, name, operation);
    }
  }
}

interface Shell {
  program: Command;
  exitWith: (code: number) => void;
}

/** The exit code of a test that was made and that failed, as of a source that does not answer. */
const UNAVAILABLE = 6;

function addCommand({ program, exitWith }: Shell, contract: Record<string, OperationShape>, name: string, operation: OperationShape): void {
  const words = operation.cli?.command.split(' ') ?? [];
  const parent = words.slice(0, -1).reduce(groupOf, program);
  const command = parent.command(words.at(-1) ?? name).description(operation.summary);
  const params = Object.keys(operation.params?.shape ?? {});
  for (const param of params) command.argument(`<${param}>`);
  const query = fieldsOf(operation.query);
  const body = fieldsOf(operation.body);
  for (const field of [...query, ...body]) command.option(`--${kebab(field.name)} <${field.hint}>`, field.about);
  if (operation.body !== undefined) command.option('--file <path>', 'read the body from a JSON or YAML file (- for standard input)');
  if (operation.versioned === true) command.option('--if-version <number>', 'refuse when it is at another version');
  command.action(async (...given: unknown[]) => {
    const args = given.slice(0, params.length);
    const options = command.opts<Record<string, string>>();
    const globals = program.opts<{ url: string; apiKey?: string; json?: boolean }>();
    const call = {
      params: Object.fromEntries(params.map((param, i) => [param, args[i]])),
      query: Object.fromEntries(query.flatMap((field) => valueOf(field, options))),
      ...(operation.body === undefined ? {} : { body: bodyOf(body, options) }),
    };
    const send = clientOf(contract, httpSend(globals.url, globals.apiKey))[name] as (call: unknown, headers: unknown) => Promise<unknown>;
    const result = await send(call, options.ifVersion === undefined ? {} : { ifMatch: Number(options.ifVersion) });
    printResult(result, globals.json === true);
    if (typeof result === 'object' && result !== null && 'ok' in result && result.ok === false) exitWith(UNAVAILABLE);
  });
}

function groupOf(parent: Command, word: string): Command {
  return (
    parent.commands.find((command) => command.name() === word) ?? parent.command(word).description(`${word}: see \`nines ${word} --help\``)
  );
}

interface Field {
  name: string;
  hint: string;
  about: string;
  isText: boolean;
}

function fieldsOf(schema: z.ZodType | undefined): Field[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, Described>;
    required?: string[];
  };
  return Object.entries(described.properties ?? {}).map(([name, property]) => ({
    name,
    hint: property.enum === undefined ? (property.type ?? 'json') : property.enum.join('|'),
    about: [property.description, described.required?.includes(name) === true ? 'required' : undefined]
      .filter((part) => part !== undefined)
      .join('; '),
    isText: property.type === 'string' || property.enum !== undefined,
  }));
}

interface Described {
  type?: string;
  enum?: string[];
  description?: string;
}

function valueOf(field: Field, options: Record<string, string>): [string, unknown][] {
  const text = options[camel(field.name)];
  if (text === undefined) return [];
  if (field.isText) return [[field.name, text]];
  try {
    return [[field.name, JSON.parse(text)]];
  } catch {
    return [[field.name, text]];
  }
}

function bodyOf(fields: readonly Field[], options: Record<string, string>): unknown {
  const flags = Object.fromEntries(fields.flatMap((field) => valueOf(field, options)));
  if (options.file === undefined) return flags;
  const [content, ...more] = readValues(options.file);
  if (more.length > 0) throw new AppError('invalid_input', `${options.file}: must hold one document, received ${more.length + 1}`);
  return Array.isArray(content) ? content : { ...(content as object), ...flags };
}

export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function camel(name: string): string {
  return kebab(name).replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
