import { LineCounter, parseAllDocuments } from 'yaml';
import type { FieldProblem } from '#kernel/errors.ts';
import { childOf, type Path, pathText } from './report.ts';

/** A value and where it stands in the documents; the value is undefined where there is nothing. */
export interface Place {
  path: Path;
  value: unknown;
}

const TEXT_LIMIT = 2 * 1024 * 1024;
const VALUE_LIMIT = 100_000;

export interface Documents {
  /** Each document's value; null for one that cannot be read. Paths begin with `documents`. */
  root: unknown[];
  /** Each object, also those in a list that is a document of its own. */
  objects: Place[];
  problems: FieldProblem[];
}

/** Reads YAML or JSON of one or many documents. A document that cannot be read gives a problem, and the others are read. */
export function readDocuments(text: string): Documents {
  if (text.length > TEXT_LIMIT) {
    return nothing({ path: 'documents', message: `must be at most ${TEXT_LIMIT} characters`, received: `${text.length} characters` });
  }
  const lines = new LineCounter();
  const parsed = plain(() => [...parseAllDocuments(text, { lineCounter: lines, logLevel: 'error', merge: true })]);
  if (parsed.problem !== undefined) return nothing({ path: 'documents', message: parsed.problem });
  const problems: FieldProblem[] = [];
  const documents: unknown[] = [];
  for (const [index, document] of parsed.value.entries()) {
    const path = pathText(['documents', index]);
    const [error] = document.errors;
    if (error !== undefined) {
      const at = lines.linePos(error.pos[0]);
      problems.push({ path, message: `is not YAML: ${firstLine(error.message)}`, received: `line ${at.line}, column ${at.col}` });
      documents.push(null);
      continue;
    }
    const value = plain(() => copy(document.toJS({ maxAliasCount: 100 }), { left: VALUE_LIMIT }, 0));
    if (value.problem !== undefined) problems.push({ path, message: value.problem });
    documents.push(value.problem === undefined ? value.value : null);
  }
  return { root: documents, objects: documents.flatMap((value, index) => objectsOf({ path: ['documents', index], value })), problems };
}

function nothing(problem: FieldProblem): Documents {
  return { root: [], objects: [], problems: [problem] };
}

/**
 * Aliases that multiply or enclose themselves are refused: a short text could otherwise stand for endless values. So are
 * merges (`<<`) of what is no map, for which the reader throws a plain error.
 */
function plain<T>(read: () => T): { value: T; problem?: undefined } | { problem: string } {
  try {
    return { value: read() };
  } catch (refusal) {
    if (refusal instanceof Error) return { problem: `cannot be read: ${firstLine(refusal.message)}` };
    throw refusal;
  }
}

function copy(value: unknown, budget: { left: number }, depth: number): unknown {
  budget.left -= 1;
  if (budget.left < 0) throw new RangeError(`it holds more than ${VALUE_LIMIT} values`);
  if (depth > 64) throw new RangeError('it is nested deeper than 64 levels');
  if (Array.isArray(value)) return value.map((item) => copy(item, budget, depth + 1));
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array || value instanceof Map || value instanceof Set)
    throw new TypeError('it holds a binary value, a map or a set');
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copy(child, budget, depth + 1)]));
}

function objectsOf(place: Place): Place[] {
  if (Array.isArray(place.value)) return place.value.map((value: unknown, index) => ({ path: [...place.path, index], value }));
  return place.value === null ? [] : [place];
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? text;
}

/** The place below, which may hold nothing; null holds nothing. */
export function at(place: Place, ...keys: (string | number)[]): Place {
  const value = keys.reduce<unknown>((inner, key) => childOf(inner, key), place.value);
  return { path: [...place.path, ...keys], value: value ?? undefined };
}

/** The places in a list; none where there is no list. */
export function items(place: Place): Place[] {
  return Array.isArray(place.value)
    ? place.value.map((value: unknown, index) => ({ path: [...place.path, index], value: value ?? undefined }))
    : [];
}

/** The places of an object's values by key; none where there is no object. */
export function entries(place: Place): [string, Place][] {
  if (typeof place.value !== 'object' || place.value === null || Array.isArray(place.value)) return [];
  return Object.entries(place.value).map(([key, value]: [string, unknown]) => [
    key,
    { path: [...place.path, key], value: value ?? undefined },
  ]);
}

/** Text that is not blank, trimmed. */
export function textAt(place: Place): string | undefined {
  return typeof place.value === 'string' && place.value.trim() !== '' ? place.value.trim() : undefined;
}

export function numberAt(place: Place): number | undefined {
  if (typeof place.value === 'string' && /^-?\d+(\.\d+)?$/.test(place.value.trim())) return Number(place.value);
  return typeof place.value === 'number' && Number.isFinite(place.value) ? place.value : undefined;
}

/** A scalar as text, and the scalars of a list joined by commas; undefined for anything else. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  const parts = value.map((part: unknown) => (Array.isArray(part) ? undefined : scalarText(part)));
  return parts.every((part) => part !== undefined) ? parts.join(',') : undefined;
}

/** A value as a problem quotes it: JSON, cut at 120 characters. */
export function received(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

export function problem(place: Place, message: string): FieldProblem {
  return { path: pathText(place.path), message, received: received(place.value) };
}
