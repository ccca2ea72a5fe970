// npm run bench            runs all, one `name: value unit` a line
// npm run bench -- NAME    runs one
import { pathToFileURL } from 'node:url';
import type { Print } from './installation.ts';
import { benchBackfill } from './backfill.ts';
import { benchEngine } from './engine.ts';
import { benchIntake } from './intake.ts';
import { benchLateness } from './lateness.ts';
import { benchRestart } from './restart.ts';
import { benchRules } from './rules.ts';
import { benchStart } from './start.ts';

const BENCHES: Record<string, (print: Print) => void | Promise<void>> = {
  start: benchStart,
  lateness: benchLateness,
  intake: benchIntake,
  engine: benchEngine,
  restart: benchRestart,
  backfill: benchBackfill,
  rules: benchRules,
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [chosen] = process.argv.slice(2);
  if (chosen !== undefined && BENCHES[chosen] === undefined) {
    console.error(`there is no bench ${chosen}; there are ${Object.keys(BENCHES).join(', ')}`);
    process.exitCode = 2;
  } else {
    for (const [name, bench] of Object.entries(BENCHES)) {
      if (chosen === undefined || chosen === name)
        await bench((figure, value, unit) => console.log(`${figure}: ${value < 100 ? value.toFixed(2) : Math.round(value)} ${unit}`));
    }
  }
}
