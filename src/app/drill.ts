import type { DrillOptions } from '#demo/drill/run-drill.ts';

/** What the drill can break on purpose. */
export const SABOTAGES = ['shop', 'smtp', 'oncall', 'gate'] as const satisfies readonly DrillOptions['sabotage'][];

/** Plays the acceptance story. Loaded when asked for: it brings a mail server along, which no other command needs. */
export async function drill(options: DrillOptions): Promise<number> {
  const { runDrill } = await import('#demo/drill/run-drill.ts');
  return runDrill(options);
}
