/**
 * Text of people inside a document of ours. Neither function can lose words; both make sure that no text can add a
 * heading, end a table row or open HTML.
 */

/** One line of plain text, for titles, table cells and list items: whatever it holds is shown as written. */
export function escapeInline(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const escaped = line.replace(/[\\`*_{}[\]<>|~&#!]/gu, '\\$&');
  // At the start of an item these would begin a list, a quotation or an underline.
  return escaped.replace(/^([-+=])/u, '\\$1').replace(/^(\d{1,9})([.)])/u, '$1\\$2');
}

/** Markdown of people as the body of a section: lists, emphasis, links, tables and ``` code stay; headings and HTML become text. */
export function containBlock(markdown: string): string {
  const lines: string[] = [];
  let inCode = false;
  for (const line of markdown.replace(/\r\n?/gu, '\n').split('\n')) {
    if (inCode) {
      lines.push(line);
      if (/^ {0,3}`{3,}[ \t]*$/u.test(line)) inCode = false;
    } else if (/^```[\w+-]*[ \t]*$/u.test(line)) {
      lines.push(line);
      inCode = true;
    } else {
      lines.push(containLine(line));
    }
  }
  if (inCode) lines.push('```');
  return lines.join('\n').trim();
}

/** Quotation marks and bullets that a heading may hide behind. */
const CONTAINERS = /^(?:[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))*[ \t]*/u;

function containLine(line: string): string {
  const safe = line.replace(/<(?=[A-Za-z/!?])/gu, '&lt;');
  // A line of dashes or equals signs would turn the line above into a heading.
  if (/^[ \t>]*(?:=+|-+)[ \t]*$/u.test(safe)) return safe.replace(/[=-]/u, '\\$&');
  const prefix = CONTAINERS.exec(safe)?.[0] ?? '';
  const rest = safe.slice(prefix.length);
  // Only the plain ``` fence is understood above, so any other must not open.
  return /^(?:#{1,6}(?=[ \t]|$)|`{3,}|~{3,}|(?:=+|-+)[ \t]*$)/u.test(rest) ? `${prefix}\\${rest}` : safe;
}
