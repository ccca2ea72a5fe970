import type { Command } from 'commander';
import { loadSettings, type Settings, SETTINGS } from '#platform/config.ts';
import { addDrillCommand } from './drill.ts';
import { serve } from './serve.ts';

/** The commands that are the server, rather than talk to one. */
export function addLocalCommands(program: Command, exitWith: (code: number) => void): void {
  withSettings(program.command('serve').description('Start Nines on this machine')).action(
    async (flags: Record<string, string | true | undefined>) => exitWith(await serve(settingsOf(flags))),
  );
  withSettings(program.command('config').description('Print the settings in force and where each comes from')).action(
    (flags: Record<string, string | true | undefined>) => printConfig(flags, program.opts().json === true),
  );
  addDrillCommand(program, exitWith);
}

function withSettings(command: Command): Command {
  for (const definition of Object.values(SETTINGS)) {
    const value = definition.flag === 'demo' ? '[true|false]' : '<value>';
    command.option(
      `--${definition.flag} ${value}`,
      `${definition.summary} (${definition.env}${definition.fallback === '' ? '' : `, default ${definition.fallback}`})`,
    );
  }
  return command.option('--config <file>', 'settings file (NINES_CONFIG, default nines.yaml where there is one)');
}

function flagTexts(flags: Record<string, string | true | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, value === true ? 'true' : value]));
}

function settingsOf(flags: Record<string, string | true | undefined>): Settings {
  return loadSettings(flagTexts(flags)).settings;
}

function printConfig(flags: Record<string, string | true | undefined>, json: boolean): void {
  const { shown } = loadSettings(flagTexts(flags));
  if (json) return console.log(JSON.stringify({ settings: shown }));
  for (const { name, value, source } of shown) console.log(`${SETTINGS[name].flag.padEnd(18)} ${value.padEnd(28)} from ${source}`);
}
