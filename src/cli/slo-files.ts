import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#kernel/errors.ts';
import { readText, readValues } from './yaml-files.ts';

/** A definition with the file that it stands in. */
export interface FiledDocument {
  slug: string;
  definition: unknown;
  file: string;
}

/** Objectives of files and folders (`*.yaml`, `*.yml`, `*.json` in them): each document maps slugs to definitions. */
export function readDefinitions(places: readonly string[]): FiledDocument[] {
  const files = places.flatMap(filesOf);
  const documents = files.flatMap(definitionsOf);
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

function definitionsOf(file: string): FiledDocument[] {
  return readValues(file).flatMap((value) => {
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

const COLUMNS = ['at', 'seconds', 'good', 'valid'];

/** A recorded history: JSON (a list, or `{ "buckets": […] }`) or CSV with the columns at, seconds, good, valid. */
export function readHistory(file: string): RecordedBucket[] {
  const text = readText(file);
  if (/^\s*[[{]/.test(text)) {
    const value: unknown = parseJson(file, text);
    const buckets = typeof value === 'object' && value !== null && 'buckets' in value ? value.buckets : value;
    if (!Array.isArray(buckets)) throw new AppError('invalid_input', `${file}: must be a list of buckets { at, seconds, good, valid }`);
    return buckets as RecordedBucket[];
  }
  const lines = text.split(/\r?\n/).map((line, i) => ({ cells: line.split(',').map((cell) => cell.trim()), number: i + 1 }));
  const [head, ...rows] = lines.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const columns = head?.cells ?? [];
  const missing = COLUMNS.find((name) => !columns.includes(name));
  if (missing !== undefined) throw new AppError('invalid_input', `${file}: has no column ${missing}; it needs ${COLUMNS.join(',')}`);
  return rows.map(({ cells, number }) => {
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
    const refuse = (name: string, need: string): AppError =>
      new AppError('invalid_input', `${file}: line ${number}, column ${name}: must be ${need}, received ${cell(name) || 'nothing'}`);
    const count = (name: string): number => {
      // A blank is no zero: it would be a bucket in which all had failed.
      if (cell(name) === '' || !Number.isFinite(Number(cell(name)))) throw refuse(name, 'a number');
      return Number(cell(name));
    };
    if (cell('at') === '') throw refuse('at', 'a time');
    return { at: cell('at'), seconds: count('seconds'), good: count('good'), valid: count('valid') };
  });
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', `${file}: is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
