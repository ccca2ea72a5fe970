import { type ReactNode, useMemo } from 'react';

/**
 * Renders the Markdown that drafts are written in: headings, lists, tables, quotes, code, emphasis, links. Anything
 * else stays as it was typed. It builds elements, never markup, so nothing in a document can run.
 */
export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => readBlocks(text.replaceAll('\r\n', '\n').split('\n')), [text]);
  return <div className="prose">{blocks}</div>;
}

interface Kind {
  test: RegExp;
  render: (lines: string[], key: number) => ReactNode;
}

const BULLET = /^\s*[-*+]\s+/;
const NUMBER = /^\s*\d+[.)]\s+/;

// Runs of lines of one kind make one block.
const KINDS: readonly Kind[] = [
  { test: BULLET, render: (lines, key) => <ul key={key}>{items(lines, BULLET)}</ul> },
  { test: NUMBER, render: (lines, key) => <ol key={key}>{items(lines, NUMBER)}</ol> },
  { test: /^\s*\|.*\|\s*$/, render: table },
  {
    test: /^>\s?/,
    render: (lines, key) => <blockquote key={key}>{inline(lines.map((line) => line.replace(/^>\s?/, '')).join(' '))}</blockquote>,
  },
];

function readBlocks(lines: string[]): ReactNode[] {
  const blocks: ReactNode[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, next] = readBlock(lines, at);
    if (block !== null) blocks.push(block);
    at = next;
  }
  return blocks;
}

function readBlock(lines: string[], at: number): [ReactNode, number] {
  const line = lines[at] ?? '';
  if (line.trim() === '') return [null, at + 1];
  if (line.startsWith('```')) return fence(lines, at);
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading !== null) return [<h3 key={at}>{inline(heading[2] ?? '')}</h3>, at + 1];
  const kind = KINDS.find(({ test }) => test.test(line));
  const end = lines.findIndex((other, index) => index > at && (kind === undefined ? startsBlock(other) : !kind.test.test(other)));
  const next = end === -1 ? lines.length : end;
  const own = lines.slice(at, next);
  return [kind === undefined ? <p key={at}>{inline(own.join(' '))}</p> : kind.render(own, at), next];
}

function startsBlock(line: string): boolean {
  return line.trim() === '' || line.startsWith('```') || /^#{1,6}\s/.test(line) || KINDS.some(({ test }) => test.test(line));
}

function fence(lines: string[], at: number): [ReactNode, number] {
  const end = lines.findIndex((line, index) => index > at && line.startsWith('```'));
  const close = end === -1 ? lines.length : end;
  const code = (
    <pre key={at} tabIndex={0}>
      {lines.slice(at + 1, close).join('\n')}
    </pre>
  );
  return [code, close + 1];
}

function items(lines: string[], mark: RegExp): ReactNode[] {
  return lines.map((line, at) => <li key={at}>{inline(line.replace(mark, ''))}</li>);
}

function cells(line: string): string[] {
  return line
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}

/** A moment may break between day and time, nowhere else. */
const MOMENT = /^\s*\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}\s*$/;

function moment(text: string): ReactNode {
  const [day, time] = text.trim().split(/[ T]/);
  return (
    <>
      <span className="nowrap">{day}</span> <span className="nowrap">{time}</span>
    </>
  );
}

function table(lines: string[], key: number): ReactNode {
  const [head = '', ...rest] = lines;
  const rows = rest.filter((line) => !/^[\s|:-]+$/.test(line));
  return (
    <table key={key}>
      <thead>
        <tr>
          {cells(head).map((cell, at) => (
            <th key={at}>{inline(cell)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            {cells(row).map((cell, index) => (
              <td key={index}>{MOMENT.test(cell) ? moment(cell) : inline(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const INLINE = /(`[^`]+`)|(\*\*[^*]+\*\*)|(?<!\w)(_[^_]+_)(?!\w)|(\[[^\]]+\]\([^)\s]+\))|(https?:\/\/[^\s)]+)/g;

function inline(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(last, match.index), mark(match[0], match.index));
    last = match.index + match[0].length;
  }
  parts.push(text.slice(last));
  return parts;
}

function mark(found: string, key: number): ReactNode {
  if (found.startsWith('`')) return <code key={key}>{found.slice(1, -1)}</code>;
  if (found.startsWith('**')) return <strong key={key}>{found.slice(2, -2)}</strong>;
  if (found.startsWith('_')) return <em key={key}>{found.slice(1, -1)}</em>;
  const link = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(found);
  const [label, address] = link === null ? [found, found] : [link[1], link[2] ?? ''];
  // A link may leave for the web, write a mail, or stay here; it may not run.
  if (!/^(https?:|mailto:|\/(?!\/)|#)/i.test(address)) return label;
  return (
    <a key={key} className="link" href={address} {...(/^https?:/i.test(address) && { target: '_blank', rel: 'noreferrer' })}>
      {label}
    </a>
  );
}
