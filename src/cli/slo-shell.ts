import type { Command } from 'commander';
import { contracts } from '#contracts';
import { clientOf } from '#kernel/client.ts';
import { httpSend } from './http-send.ts';

/** What the commands of `nines slo` share. */
export interface SloShell {
  program: Command;
  slo: Command;
  exitWith: (code: number) => void;
}

/** The exit code of what was given being wrong. */
export const INVALID = 2;

export function ask({ program }: SloShell) {
  const { url, apiKey } = program.opts<{ url: string; apiKey?: string }>();
  return clientOf(contracts.slo, httpSend(url, apiKey));
}

export function askCatalog({ program }: SloShell) {
  const { url, apiKey } = program.opts<{ url: string; apiKey?: string }>();
  return clientOf(contracts.catalog, httpSend(url, apiKey));
}

/** One JSON document for programs, words for people. */
export function show<T>({ program }: SloShell, answer: T, print: (answer: T) => void): void {
  if (program.opts<{ json?: boolean }>().json === true) console.log(JSON.stringify(answer));
  else print(answer);
}
