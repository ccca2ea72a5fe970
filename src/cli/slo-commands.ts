import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { AppError } from '#kernel/errors.ts';
import { counted } from './print.ts';
import { type FiledDocument, readDefinitions, readHistory } from './slo-files.ts';
import { addImport } from './slo-import.ts';
import { printBacktest, printExplained, printList, printObjective, printPlan, printProblems } from './slo-print.ts';
import { ask, askCatalog, INVALID, show, type SloShell } from './slo-shell.ts';

type Format = 'nines' | 'openslo' | 'prometheus' | 'kubernetes' | 'alertmanager';

/** `nines slo …`: objectives as code, and looks into their past. */
export function addSloCommands(program: Command, exitWith: (code: number) => void): void {
  const slo = program.command('slo').description('Objectives as code, in and out, and looks into their past');
  const shell: SloShell = { program, slo, exitWith };
  addReading(shell);
  addAsCode(shell);
  addExport(shell);
  addImport(shell);
  addPast(shell);
}

/** A flag that is a number; anything else is refused by the flag's name. */
function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

function addReading(shell: SloShell): void {
  shell.slo
    .command('list')
    .description('Objectives with their budgets, worst first')
    .option('--service <slug>', 'of one service')
    .option('--limit <number>', 'at most so many', number, 50)
    .action(async ({ service, limit }: { service?: string; limit: number }) => {
      const list = await ask(shell).listObjectives({ query: { limit, ...(service === undefined ? {} : { service }) } });
      // A service that is not there is told, rather than shown as one without objectives.
      if (list.items.length === 0 && service !== undefined) await askCatalog(shell).getService({ params: { slug: service } });
      show(shell, list, () => printList(list, service));
    });
  shell.slo
    .command('show')
    .description('One objective: budget, burn, level, state, and why')
    .argument('<slug>')
    .action(async (slug: string) => show(shell, await ask(shell).getObjective({ params: { slug } }), printObjective));
  shell.slo
    .command('explain')
    .description('Every figure of an objective: formula, window, counts, coverage, version, PromQL')
    .argument('<slug>')
    .option('--group <key>', 'those of one group, by its key as `slo groups` gives it')
    .action(async (slug: string, { group }: { group?: string }) =>
      show(shell, await ask(shell).explainObjective({ params: { slug }, query: group === undefined ? {} : { group } }), printExplained),
    );
}

function bodyOf(documents: readonly FiledDocument[], { prune = false }: Pruning = {}) {
  return { documents: documents.map(({ slug, definition }) => ({ slug, definition })), prune };
}

interface Pruning {
  prune?: boolean;
}

const PRUNE = ['--prune', 'delete what the services of these files have besides'] as const;

function addAsCode(shell: SloShell): void {
  const planned = async (files: readonly string[], pruning: Pruning = {}) => {
    const documents = readDefinitions(files);
    return { documents, plan: await ask(shell).planObjectives({ body: bodyOf(documents, pruning) }) };
  };
  shell.slo
    .command('validate')
    .description('Reads definitions and tells every problem with its path; exits 2 when there is one')
    .argument('<files...>', 'files or folders; - for standard input')
    .action(async (files: string[]) => {
      const { documents, plan } = await planned(files);
      show(shell, plan.problems, (problems) => {
        printProblems(problems, documents);
        if (problems.length === 0) console.log(`${counted(documents.length, 'objective')} ${documents.length === 1 ? 'is' : 'are'} well.`);
      });
      if (plan.problems.length > 0) shell.exitWith(INVALID);
    });
  shell.slo
    .command('plan')
    .description('What applying these definitions would change; changes nothing')
    .argument('<files...>', 'files or folders; - for standard input')
    .option(...PRUNE)
    .action(async (files: string[], pruning: Pruning) => {
      const { documents, plan } = await planned(files, pruning);
      show(shell, plan, ({ entries, problems }) => {
        printPlan(entries);
        printProblems(problems, documents);
      });
      if (plan.problems.length > 0) shell.exitWith(INVALID);
    });
  shell.slo
    .command('apply')
    .description('Creates, changes and, with --prune, deletes objectives as these definitions say, all or none')
    .argument('<files...>', 'files or folders; - for standard input')
    .option(...PRUNE)
    .action(async (files: string[], pruning: Pruning) => {
      const { documents, plan } = await planned(files, pruning);
      if (plan.problems.length > 0) {
        show(shell, plan, ({ problems }) => printProblems(problems, documents));
        shell.exitWith(INVALID);
        return;
      }
      show(shell, await ask(shell).applyObjectives({ body: bodyOf(documents, pruning) }), ({ entries }) => printPlan(entries));
    });
}

function addExport(shell: SloShell): void {
  const write = (text: string, out: string | undefined): void =>
    out === undefined ? console.log(text.trimEnd()) : writeFileSync(out, text);
  shell.slo
    .command('export')
    .description('Objectives as definitions, OpenSLO, Prometheus rules or an Alertmanager snippet')
    .option('--format <nines|openslo|prometheus|kubernetes|alertmanager>', 'what to write', 'nines')
    .option('--slug <slug>', 'of one objective')
    .option('--out <file>', 'write there instead of on standard output')
    .action(async ({ format, slug, out }: { format: Format; slug?: string; out?: string }) => {
      const answer = await ask(shell).exportObjectives({ query: { format, ...(slug === undefined ? {} : { slug }) } });
      show(shell, answer, ({ text, leftOut, notes }) => {
        write(text, out);
        for (const one of [...leftOut, ...notes]) console.error(`${one.slug}: ${one.because.text}`);
      });
    });
}

function addPast(shell: SloShell): void {
  shell.slo
    .command('test')
    .description('A definition and a recorded history through the engine; prints the alerts. Stores nothing')
    .argument('<definition>', 'a file with one objective, or with several and --slug')
    .argument('<history>', 'JSON or CSV of buckets: at, seconds, good, valid')
    .option('--slug <slug>', 'which objective of the file')
    .option('--step <seconds>', 'how often the engine looks', number, 30)
    .action(async (file: string, history: string, { slug, step }: { slug?: string; step: number }) => {
      const documents = readDefinitions([file]).filter((document) => slug === undefined || document.slug === slug);
      const [document] = documents;
      if (document === undefined || documents.length > 1)
        throw new AppError('invalid_input', `${file}: holds ${counted(documents.length, 'objective')}; choose one with --slug`);
      const body = { definition: document.definition as never, history: readHistory(history), stepSeconds: step };
      show(shell, await ask(shell).testObjective({ body }), printBacktest);
    });
  shell.slo
    .command('backtest')
    .description('What would have paged: an objective over its past, by its own terms or by others')
    .argument('<slug>')
    .option('--days <number>', 'how far back', number, 30)
    .option('--from <time>', 'instead of days, as 2026-11-01T00:00:00Z')
    .option('--to <time>')
    .option('--target <ratio>', 'another target, as 0.995', number)
    .option('--window <length>', 'another window, as 7d')
    .action(async (slug: string, flags: BacktestFlags) => {
      const terms = {
        ...(flags.target === undefined ? {} : { target: flags.target }),
        ...(flags.window === undefined ? {} : { window: flags.window }),
      };
      const body = {
        days: flags.days,
        ...(flags.from === undefined ? {} : { from: flags.from }),
        ...(flags.to === undefined ? {} : { to: flags.to }),
        terms,
      };
      show(shell, await ask(shell).backtestObjective({ params: { slug }, body }), printBacktest);
    });
}

interface BacktestFlags {
  days: number;
  from?: string;
  to?: string;
  target?: number;
  window?: string;
}
