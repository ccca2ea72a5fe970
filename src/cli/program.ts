import { Command, CommanderError } from 'commander';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { clientSettings } from '#platform/config.ts';
import { addContractCommands, kebab } from './contract-commands.ts';
import { addGateCommand } from './gate-command.ts';
import { addSloCommands } from './slo-commands.ts';
import { addLocalCommands } from './local/commands.ts';

const EXIT: Record<ErrorCode, number> = {
  internal: 1,
  invalid_input: 2,
  limit_exceeded: 2,
  not_found: 3,
  unauthenticated: 4,
  forbidden: 4,
  conflict: 5,
  precondition_failed: 5,
  unavailable: 6,
};

/** Runs one command line; the number is the exit code: 0 ok, 1 internal, 2 input, 3 not found, 4 auth, 5 conflict, 6 unavailable. */
export async function run(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(clientSettings(), (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, args, program.opts().json === true);
  }
}

/** All commands, those of the contracts among them; nothing is run. */
export function buildProgram(defaults: { url: string; apiKey: string | undefined }, exitWith: (code: number) => void): Command {
  const program = new Command('nines')
    .description('The self-hosted reliability platform. Start it with `nines serve`; everything else talks to a running one.')
    .option('--url <address>', 'where Nines runs (NINES_URL)', defaults.url)
    .option('--api-key <key>', 'an API key (NINES_API_KEY)', defaults.apiKey)
    .option('--json', 'one JSON document on stdout, for programs')
    .showHelpAfterError('Try --help.')
    // Narrow enough for the longest command of `nines slo` beside its words.
    .configureHelp({ minWidthToWrap: 24 })
    .exitOverride();
  addLocalCommands(program, exitWith);
  addGateCommand(program, exitWith);
  addSloCommands(program, exitWith);
  addContractCommands(program, exitWith);
  return program;
}

function report(error: unknown, args: readonly string[], json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const failure =
    error instanceof AppError ? error : new AppError('internal', error instanceof Error ? error.message : String(error), { cause: error });
  if (json)
    console.log(JSON.stringify({ error: { code: failure.code, message: failure.message, fields: failure.fields, facts: failure.facts } }));
  else for (const line of linesOf(failure)) console.error(`nines: ${inFlags(line, args)}`);
  return EXIT[failure.code];
}

/** Every problem in a line of its own. */
function linesOf({ fields, message, facts }: AppError): string[] {
  if (fields.length < 2) return [message];
  const untold = Number(facts.problemCount ?? fields.length) - fields.length;
  return [
    ...fields.map((field) => `${field.path}: ${field.message}${field.received === undefined ? '' : `, received ${field.received}`}`),
    ...(untold > 0 ? [`… and ${untold} more`] : []),
  ];
}

/** A problem's path as it was typed: `body.tier` is `--tier`, where that was given, and `path.slug` is `<slug>`. */
function inFlags(line: string, args: readonly string[]): string {
  const flags = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0] ?? arg);
  return line.replace(/^path\.(\w+)/, '<$1>').replace(/^(?:query|body)\.(?:terms\.)?(\w+)/, (path, name: string) => {
    const long = `--${kebab(name)}`;
    // The unit of a field is left out of its flag: `--step` is stepSeconds.
    return flags.find((flag) => long === flag || long.startsWith(`${flag}-`)) ?? path;
  });
}
