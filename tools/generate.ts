// Writes everything that is generated and committed; with --check it only says what has drifted.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { generateApi } from './generate/api.ts';
import { generateIndicators } from './generate/indicators.ts';
import { generateReference } from './generate/reference.ts';
import { generateSchema } from './generate/schema.ts';

/** Returns the files of one family: path from the repository's root → whole content. */
export type Generator = () => Promise<Record<string, string>> | Record<string, string>;

/** One line per family. The schema comes first, because the others may import what it writes. */
const GENERATORS: Generator[] = [generateSchema, generateApi, generateReference, generateIndicators];

export async function generate(root: string, generators: Generator[], check: boolean): Promise<string[]> {
  const drifted: string[] = [];
  for (const run of generators) {
    for (const [file, content] of Object.entries(await run())) {
      const target = path.join(root, file);
      if (existsSync(target) && readFileSync(target, 'utf8') === content) continue;
      drifted.push(file);
      if (check) continue;
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
  }
  return drifted;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const check = process.argv.includes('--check');
  const root = path.resolve(import.meta.dirname, '..');
  const drifted = await generate(root, GENERATORS, check);
  for (const file of drifted) console.log(check ? `${file} is out of date: run npm run generate` : `wrote ${file}`);
  if (check && drifted.length > 0) process.exitCode = 1;
}
