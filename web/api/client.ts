import { disciplineClock } from '../lib/clock.ts';
import type { Api, CallOptions } from './contracts.ts';
import { operations } from './operations.generated.ts';
import { ApiProblem, readProblem } from './problem.ts';

const BASE = '/api/v1';

interface Route {
  method: string;
  path: string;
  /** The path stands as it is, not under /api/v1. */
  root?: boolean;
}

type Plain = string | number | boolean;

interface AnyCall {
  params?: Record<string, Plain>;
  query?: Record<string, Plain | undefined>;
  body?: unknown;
}

const ROUTES: Readonly<Record<string, Route>> = operations;

async function call(id: string, input: AnyCall = {}, options: CallOptions = {}): Promise<unknown> {
  const route = ROUTES[id];
  if (route === undefined) throw new ApiProblem('internal', `no operation ${id}; run the generator`);
  const response = await send(route, input, options);
  const date = response.headers.get('date');
  if (date !== null) disciplineClock(Date.parse(date) + 500);
  if (!response.ok) throw refused(id, await readProblem(response));
  if (response.status === 204) return null;
  return response.headers.get('content-type')?.startsWith('application/json') === true ? response.json() : response.text();
}

async function send(route: Route, input: AnyCall, options: CallOptions): Promise<Response> {
  const headers = new Headers();
  if (input.body !== undefined) headers.set('content-type', 'application/json');
  if (options.ifMatch !== undefined) headers.set('if-match', `"${options.ifMatch}"`);
  if (options.idempotencyKey !== undefined) headers.set('idempotency-key', options.idempotencyKey);
  if (route.method !== 'GET') headers.set('x-csrf-token', cookie('nines_csrf'));
  try {
    return await fetch(urlOf(route, input), {
      method: route.method,
      headers,
      credentials: 'same-origin',
      ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
      ...(options.signal !== undefined && { signal: options.signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem('offline', 'The server did not answer. What you wrote is still here; try again.', { cause: error });
  }
}

function urlOf(route: Route, input: AnyCall): string {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(input.params?.[name] ?? '')));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) if (value !== undefined && value !== '') query.set(name, String(value));
  const suffix = query.size === 0 ? '' : `?${query.toString()}`;
  return (route.root === true ? path : BASE + path) + suffix;
}

function cookie(name: string): string {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? '' : decodeURIComponent(found.slice(name.length + 1));
}

type Listener = () => void;
let onSignedOut: Listener = () => undefined;

/** Called once an answer says that the session has ended. */
export function whenSignedOut(listener: Listener): void {
  onSignedOut = listener;
}

function refused(id: string, problem: ApiProblem): ApiProblem {
  // A wrong password is an answer to the form, not the end of a session.
  if (problem.code === 'unauthenticated' && id !== 'identity.signIn') onSignedOut();
  return problem;
}

function operation(module: string, verb: string) {
  const id = `${module}.${verb}`;
  return Object.assign((input?: AnyCall, options?: CallOptions) => call(id, input, options), {
    query: (input?: AnyCall) => ({
      queryKey: [module, verb, input ?? null],
      queryFn: ({ signal }: { signal: AbortSignal }) => call(id, input, { signal }),
    }),
    key: () => [module, verb],
  });
}

function client(): Api {
  const modules: Record<string, Record<string, ReturnType<typeof operation>>> = {};
  for (const id of Object.keys(ROUTES)) {
    const [module = '', verb = ''] = id.split('.');
    modules[module] ??= {};
    const verbs = modules[module];
    if (verbs !== undefined) verbs[verb] = operation(module, verb);
  }
  // The one place where the table of routes meets the types of the contracts; both are made from the same source.
  return modules as unknown as Api;
}

/** `api.alerts.listAlerts({ query: { state: 'open' } })`, typed by the contracts. */
export const api = client();
