import type { Command } from 'commander';
import { drill, SABOTAGES } from '#app/drill.ts';
import { AppError } from '#kernel/errors.ts';

/** `nines drill`: the acceptance story, headless, on a fresh installation of its own. */
export function addDrillCommand(program: Command, exitWith: (code: number) => void): void {
  program
    .command('drill')
    .description('Play the whole story on a fresh installation in real time: deploy, burn, page, incident, rollback, postmortem, gate')
    .option('--sabotage <what>', `break one thing on purpose, to see the drill notice: ${SABOTAGES.join(', ')}`)
    .action(async (flags: { sabotage?: string }) => {
      const sabotage = SABOTAGES.find((known) => known === flags.sabotage);
      if (flags.sabotage !== undefined && sabotage === undefined)
        throw new AppError(
          'invalid_input',
          `--sabotage: must be one of ${SABOTAGES.join(', ')}, received ${JSON.stringify(flags.sabotage)}`,
        );
      exitWith(await drill({ json: program.opts().json === true, sabotage }));
    });
}
