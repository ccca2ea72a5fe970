import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { AppError } from '#kernel/errors.ts';

/** A definition with the file that it stands in. */
export interface FiledDocument {
  slug: string;
  definition: unknown;
  file: string;
}

/** Reads one file; `-` is standard input. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new AppError('invalid_input', `${file} cannot be read: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

/** Objectives of files and folders (`*.yaml`, `*.yml`, `*.json` in them): each document maps slugs to definitions. */
export function readDefinitions(places: readonly string[]): FiledDocument[] {
  const files = places.flatMap(filesOf);
  const documents = files.flatMap((file) => definitionsOf(file, readText(file)));
  if (documents.length === 0) throw new AppError('invalid_input', `${places.join(', ')}: there is no objective in it`);
  return documents;
}

function filesOf(place: string): string[] {
  if (place === '-' || !isFolder(place)) return [place];
  return readdirSync(place)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => path.join(place, name));
}

function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch {
    // Whoever reads it says that it is not there.
    return false;
  }
}

function definitionsOf(file: string, text: string): FiledDocument[] {
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  const all = Array.isArray(documents) ? documents : [];
  return all.flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new AppError('invalid_input', `${file}: ${problem.message.split('\n')[0] ?? ''}`);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null) return [];
    if (typeof value !== 'object' || Array.isArray(value))
      throw new AppError('invalid_input', `${file}: must map slugs to definitions, as checkout-availability: { service: checkout, … }`);
    return Object.entries(value).map(([slug, definition]) => ({ slug, definition: definition as unknown, file }));
  });
}

export interface RecordedBucket {
  at: string;
  seconds: number;
  good: number;
  valid: number;
}

/** A recorded history: JSON (a list, or `{ "buckets": […] }`) or CSV with the columns at, seconds, good, valid. */
export function readHistory(file: string): RecordedBucket[] {
  const text = readText(file);
  if (/^\s*[[{]/.test(text)) {
    const value: unknown = parseJson(file, text);
    const buckets = typeof value === 'object' && value !== null && 'buckets' in value ? value.buckets : value;
    if (!Array.isArray(buckets)) throw new AppError('invalid_input', `${file}: must be a list of buckets { at, seconds, good, valid }`);
    return buckets as RecordedBucket[];
  }
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const columns = head.split(',').map((name) => name.trim());
  const missing = ['at', 'seconds', 'good', 'valid'].find((name) => !columns.includes(name));
  if (missing !== undefined) throw new AppError('invalid_input', `${file}: has no column ${missing}; it needs at,seconds,good,valid`);
  return lines.map((line) => {
    const cells = line.split(',').map((cell) => cell.trim());
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
    return { at: cell('at'), seconds: Number(cell('seconds')), good: Number(cell('good')), valid: Number(cell('valid')) };
  });
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', `${file}: is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
