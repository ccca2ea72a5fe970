import type { Send } from '#kernel/client.ts';
import { AppError } from '#kernel/errors.ts';
import { createHttpClient } from '#platform/http-client.ts';

/** Carries calls to a running Nines over HTTP. The person at the keyboard says where, so every address is allowed. */
export function httpSend(url: string, apiKey: string | undefined): Send {
  const base = url.replace(/\/$/, '');
  const http = createHttpClient({ allow: ['0.0.0.0/0', '::/0'], timeoutMs: 60_000, maxBytes: 64 * 1024 * 1024, maxRedirects: 0 });
  return async (request) => {
    const length = request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) };
    const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const answer = await http.request({
      method: request.method,
      url: base + request.path,
      headers: { ...request.headers, ...length, ...authorization },
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    if (answer.kind === 'answered') return { status: answer.status, body: answer.body };
    throw new AppError('unavailable', `cannot reach Nines at ${base} (${answer.reason}); is it running? See --url and NINES_URL`);
  };
}
