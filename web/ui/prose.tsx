import { createElement, type ReactNode, useMemo } from 'react';

// What a document may hold. Anything else is dropped and its text kept; attributes but href and start are dropped.
const TAGS = new Set('p h1 h2 h3 h4 h5 h6 ul ol li strong em code pre blockquote hr br a table thead tbody tr th td del'.split(' '));
const VOID = new Set(['hr', 'br']);
const DROPPED = new Set(['script', 'style', 'iframe', 'object', 'template', 'svg', 'math', 'noscript']);

/** Markdown that the server rendered, or plain text. Never put into the page as markup: each element is made again from the list above. */
export function Prose({ html, text, className }: { html?: string; text?: string; className?: string }) {
  const content = useMemo(() => (html === undefined ? paragraphs(text ?? '') : fromHtml(html)), [html, text]);
  return <div className={`prose${className === undefined ? '' : ` ${className}`}`}>{content}</div>;
}

function paragraphs(text: string): ReactNode[] {
  return text.split(/\n{2,}/).map((part, at) => (
    <p key={at} className="pre-line">
      {part}
    </p>
  ));
}

function fromHtml(html: string): ReactNode[] {
  return children(new DOMParser().parseFromString(html, 'text/html').body);
}

function children(parent: Node): ReactNode[] {
  return [...parent.childNodes].map((node, at) => fromNode(node, at));
}

function fromNode(node: Node, key: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (!(node instanceof Element)) return null;
  const tag = node.tagName.toLowerCase();
  if (DROPPED.has(tag)) return null;
  if (!TAGS.has(tag)) return children(node);
  if (VOID.has(tag)) return createElement(tag, { key });
  return createElement(tag, { key, ...attributes(node, tag) }, ...children(node));
}

function attributes(element: Element, tag: string): Record<string, string | number> {
  if (tag === 'pre') return { tabIndex: 0 };
  if (tag !== 'a') return {};
  const href = element.getAttribute('href') ?? '';
  // A link may leave for the web, write a mail, or stay here; it may not run.
  if (!/^(https?:|mailto:|\/(?!\/)|#)/i.test(href)) return {};
  return { href, className: 'link', ...(/^https?:/i.test(href) && { rel: 'noreferrer', target: '_blank' }) };
}
