import { Command, CommanderError } from 'commander';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { clientSettings } from '#platform/config.ts';
import { addContractCommands } from './contract-commands.ts';
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
    return report(error, program.opts().json === true);
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
    .exitOverride();
  addLocalCommands(program, exitWith);
  addGateCommand(program, exitWith);
  addSloCommands(program, exitWith);
  addContractCommands(program);
  return program;
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const failure =
    error instanceof AppError ? error : new AppError('internal', error instanceof Error ? error.message : String(error), { cause: error });
  if (json)
    console.log(JSON.stringify({ error: { code: failure.code, message: failure.message, fields: failure.fields, facts: failure.facts } }));
  else console.error(`nines: ${failure.message}`);
  return EXIT[failure.code];
}
