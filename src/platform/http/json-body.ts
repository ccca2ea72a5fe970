import { AppError } from '#kernel/errors.ts';

const DEEPEST = 64;

/** Parses a body. What nests deeper than anybody means is refused, since whoever walks it would run out of stack. */
export function parseJson(text: string): unknown {
  if (depthOf(text) > DEEPEST) throw unreadable(text, `nests deeper than ${DEEPEST} levels`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(text, `is not JSON: ${cause instanceof Error ? cause.message : ''}`, cause);
  }
}

function unreadable(text: string, message: string, cause?: unknown): AppError {
  return new AppError('invalid_input', `body: ${message}`, { fields: [{ path: 'body', message, received: text.slice(0, 80) }], cause });
}

const QUOTE = 34;
const BACKSLASH = 92;

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) i += code === BACKSLASH ? 1 : 0;
    else if (code === 91 || code === 123) deepest = Math.max(deepest, (depth += 1));
    else if (code === 93 || code === 125) depth -= 1;
  }
  return deepest;
}
