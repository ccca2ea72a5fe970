import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { contracts } from '#contracts';
import { clientOf } from '#kernel/client.ts';
import { AppError } from '#kernel/errors.ts';
import { httpSend } from './http-send.ts';
import { type FiledDocument, readDefinitions, readHistory, readText } from './slo-files.ts';
import { printBacktest, printExplained, printImport, printList, printObjective, printPlan, printProblems } from './slo-print.ts';

type Format = 'nines' | 'openslo' | 'prometheus' | 'kubernetes' | 'alertmanager';

interface Shell {
  program: Command;
  slo: Command;
  exitWith: (code: number) => void;
}

const INVALID = 2;

/** `nines slo …`: objectives as code, and looks into their past. */
export function addSloCommands(program: Command, exitWith: (code: number) => void): void {
  const slo = program.command('slo').description('Objectives as code, in and out, and looks into their past');
  const shell: Shell = { program, slo, exitWith };
  addReading(shell);
  addAsCode(shell);
  addExchange(shell);
  addPast(shell);
}

function ask({ program }: Shell) {
  const { url, apiKey } = program.opts<{ url: string; apiKey?: string }>();
  return clientOf(contracts.slo, httpSend(url, apiKey));
}

/** One JSON document for programs, words for people. */
function show<T>({ program }: Shell, answer: T, print: (answer: T) => void): void {
  if (program.opts<{ json?: boolean }>().json === true) console.log(JSON.stringify(answer));
  else print(answer);
}

function addReading(shell: Shell): void {
  shell.slo
    .command('list')
    .description('Objectives with their budgets, worst first')
    .option('--service <slug>', 'of one service')
    .option('--limit <number>', 'at most so many', '50')
    .action(async ({ service, limit }: { service?: string; limit: string }) => {
      const query = { limit: Number(limit), ...(service === undefined ? {} : { service }) };
      show(shell, await ask(shell).listObjectives({ query }), printList);
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
    .action(async (slug: string) => show(shell, await ask(shell).explainObjective({ params: { slug } }), printExplained));
}

function bodyOf(documents: readonly FiledDocument[], { prune = false }: Pruning = {}) {
  return { documents: documents.map(({ slug, definition }) => ({ slug, definition })), prune };
}

interface Pruning {
  prune?: boolean;
}

const PRUNE = ['--prune', 'delete what the services of these files have besides'] as const;

function addAsCode(shell: Shell): void {
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
        if (problems.length === 0) console.log(`${documents.length} objectives are well.`);
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

function addExchange(shell: Shell): void {
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
  shell.slo
    .command('import')
    .description('Reads OpenSLO or Sloth and writes the definitions that it comes to; says what became of every line')
    .argument('<file>', 'a file; - for standard input')
    .option('--format <openslo|sloth>', 'what it is written in', 'openslo')
    .option('--strict', 'refuse whatever the specification of OpenSLO forbids')
    .option('--source <slug>', 'the source of queries that name none', 'prometheus')
    .option('--out <file>', 'write the definitions there')
    .option('--apply', 'apply them at once')
    .action(async (file: string, flags: ImportFlags) => {
      const body = {
        format: flags.format,
        text: readText(file),
        mode: flags.strict === true ? 'strict' : 'lenient',
        source: flags.source,
      } as const;
      const answer = await ask(shell).importObjectives({ body });
      const definitions = stringify(Object.fromEntries(answer.documents.map(({ slug, definition }) => [slug, definition])), {
        lineWidth: 0,
      });
      show(shell, answer, () => {
        if (flags.apply !== true) write(definitions, flags.out);
        printImport(answer);
      });
      if (answer.problems.length > 0) shell.exitWith(INVALID);
      if (flags.apply !== true || answer.documents.length === 0) return;
      const { entries } = await ask(shell).applyObjectives({ body: { documents: answer.documents } });
      show(shell, entries, printPlan);
    });
}

interface ImportFlags {
  format: 'openslo' | 'sloth';
  strict?: boolean;
  source: string;
  out?: string;
  apply?: boolean;
}

function addPast(shell: Shell): void {
  shell.slo
    .command('test')
    .description('A definition and a recorded history through the engine; prints the alerts. Stores nothing')
    .argument('<definition>', 'a file with one objective, or with several and --slug')
    .argument('<history>', 'JSON or CSV of buckets: at, seconds, good, valid')
    .option('--slug <slug>', 'which objective of the file')
    .option('--step <seconds>', 'how often the engine looks', '30')
    .action(async (file: string, history: string, { slug, step }: { slug?: string; step: string }) => {
      const documents = readDefinitions([file]).filter((document) => slug === undefined || document.slug === slug);
      const [document] = documents;
      if (document === undefined || documents.length > 1)
        throw new AppError('invalid_input', `${file}: holds ${documents.length} objectives; choose one with --slug`);
      const body = { definition: document.definition as never, history: readHistory(history), stepSeconds: Number(step) };
      show(shell, await ask(shell).testObjective({ body }), printBacktest);
    });
  shell.slo
    .command('backtest')
    .description('What would have paged: an objective over its past, by its own terms or by others')
    .argument('<slug>')
    .option('--days <number>', 'how far back', '30')
    .option('--from <time>', 'instead of days, as 2026-11-01T00:00:00Z')
    .option('--to <time>')
    .option('--target <ratio>', 'another target, as 0.995')
    .option('--window <length>', 'another window, as 7d')
    .action(async (slug: string, flags: BacktestFlags) => {
      const terms = {
        ...(flags.target === undefined ? {} : { target: Number(flags.target) }),
        ...(flags.window === undefined ? {} : { window: flags.window }),
      };
      const body = {
        days: Number(flags.days),
        ...(flags.from === undefined ? {} : { from: flags.from }),
        ...(flags.to === undefined ? {} : { to: flags.to }),
        terms,
      };
      show(shell, await ask(shell).backtestObjective({ params: { slug }, body }), printBacktest);
    });
}

interface BacktestFlags {
  days: string;
  from?: string;
  to?: string;
  target?: string;
  window?: string;
}
