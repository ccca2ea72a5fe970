import { contracts } from '#contracts';
import { type Client, clientOf, type Send } from '#kernel/client.ts';
import { AppError } from '#kernel/errors.ts';

/** Nines as the demo sees it: its public operations, over HTTP. */
export type DemoApi = { [M in keyof typeof contracts]: Client<(typeof contracts)[M]> };

const TIMEOUT_MS = 60_000;

export function demoApi(url: string, apiKey: string | null): DemoApi {
  const send = httpSend(url.replace(/\/$/, ''), apiKey);
  const clients = Object.entries(contracts).map(([name, contract]) => [name, clientOf(contract, send)]);
  return Object.fromEntries(clients) as DemoApi;
}

function httpSend(base: string, apiKey: string | null): Send {
  return async ({ method, path, headers, body }) => {
    const authorization = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const answer = await fetch(base + path, {
        method,
        signal,
        headers: { ...headers, ...authorization },
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.status, body: await answer.text() };
    } catch (cause) {
      throw new AppError('unavailable', `cannot reach Nines at ${base}: ${reasonOf(cause)}`, { cause });
    }
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
