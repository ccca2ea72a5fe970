import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { contracts } from '#contracts';
import { AppError } from '#kernel/errors.ts';
import type { Output } from '#kernel/operation.ts';
import { printImport, printMissing, printPlan, printProblems } from './slo-print.ts';
import { ask, askCatalog, INVALID, show, type SloShell } from './slo-shell.ts';
import { readText } from './yaml-files.ts';

interface ImportFlags {
  format: 'openslo' | 'sloth';
  strict?: boolean;
  source: string;
  out?: string;
  apply?: boolean;
}

type Imported = Output<typeof contracts.slo.importObjectives>;

/** `nines slo import`: applies all of a file or nothing of it. */
export function addImport(shell: SloShell): void {
  shell.slo
    .command('import')
    .description('Reads OpenSLO or Sloth and writes the definitions that it comes to; says what became of every line')
    .argument('<file>', 'a file; - for standard input')
    .option('--format <openslo|sloth>', 'what it is written in', 'openslo')
    .option('--strict', 'refuse whatever the specification of OpenSLO forbids')
    .option('--source <slug>', 'the source of queries that name none', 'prometheus')
    .option('--out <file>', 'write the definitions there')
    .option('--apply', 'apply them at once')
    .action((file: string, flags: ImportFlags) => importFile(shell, file, flags));
}

async function importFile(shell: SloShell, file: string, { format, strict, source, out, apply }: ImportFlags): Promise<void> {
  if (strict === true && format === 'sloth')
    throw new AppError('invalid_input', '--strict is for OpenSLO: Sloth has no specification to hold a file to');
  const body = { format, text: readText(file), mode: strict === true ? 'strict' : 'lenient', source } as const;
  const imported = await ask(shell).importObjectives({ body });
  const missingServices = await missingOf(shell, imported);
  const { documents } = imported;
  const definitions = stringify(Object.fromEntries(documents.map(({ slug, definition }) => [slug, definition])), { lineWidth: 0 });
  if (out !== undefined && documents.length > 0) writeFileSync(out, definitions);
  const applied = apply === true ? await applyAll(shell, imported) : {};
  show(shell, { ...imported, missingServices, ...applied }, () => {
    if (out === undefined && apply !== true && documents.length > 0) console.log(definitions.trimEnd());
    printImport(imported);
    printMissing(missingServices);
    if (applied.planProblems !== undefined)
      printProblems(
        applied.planProblems,
        documents.map((document) => ({ ...document, file })),
      );
    if (applied.applied === true) printPlan(applied.entries ?? []);
    if (applied.applied === false) console.error('Nothing was applied.');
  });
  if (documents.length === 0 && imported.problems.length === 0) console.error(`nines: ${file}: there is no objective in it`);
  if (imported.problems.length > 0 || documents.length === 0 || applied.applied === false) shell.exitWith(INVALID);
}

interface Applied {
  applied?: boolean;
  /** What a plan found in the definitions that the file comes to. */
  planProblems?: Output<typeof contracts.slo.planObjectives>['problems'];
  entries?: Output<typeof contracts.slo.applyObjectives>['entries'];
}

/** Nothing where there is a problem in any of them, or nothing to apply. */
async function applyAll(shell: SloShell, { documents, problems }: Imported): Promise<Applied> {
  const refused = { applied: false, entries: [], planProblems: [] };
  if (documents.length === 0) return refused;
  const planned = await ask(shell).planObjectives({ body: { documents } });
  if (problems.length > 0 || planned.problems.length > 0) return { ...refused, planProblems: planned.problems };
  const { entries } = await ask(shell).applyObjectives({ body: { documents } });
  return { ...refused, applied: true, entries };
}

/** Services that a file describes or that its objectives name, and that are not there; nothing creates them by itself. */
async function missingOf(shell: SloShell, { documents, services }: Imported): Promise<{ slug: string; name: string }[]> {
  const names = new Map(documents.map(({ definition }) => [String(definition.service), String(definition.service)]));
  for (const { slug, name } of services) names.set(slug, name);
  const missing: { slug: string; name: string }[] = [];
  for (const [slug, name] of names) {
    try {
      await askCatalog(shell).getService({ params: { slug } });
    } catch (refusal) {
      if (!(refusal instanceof AppError) || refusal.code !== 'not_found') throw refusal;
      missing.push({ slug, name });
    }
  }
  return missing;
}
