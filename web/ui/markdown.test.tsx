import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './markdown.tsx';

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />).replace(/^<div class="prose">|<\/div>$/g, '');

describe('Markdown of a document', () => {
  it('reads paragraphs, headings, lists, quotes and code', () => {
    expect(html('# Title\none\ntwo\n\n- a\n- b\n\n1. c\n\n> q\n\n```\nx < y\n```')).toBe(
      '<h3>Title</h3><p>one two</p><ul><li>a</li><li>b</li></ul><ol><li>c</li></ol><blockquote>q</blockquote><pre tabindex="0">x &lt; y</pre>',
    );
  });

  it('reads tables, emphasis and links', () => {
    expect(html('| a | b |\n|---|---|\n| **1** | `2` |')).toBe(
      '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><strong>1</strong></td><td><code>2</code></td></tr></tbody></table>',
    );
    expect(html('see [it](/incidents/1)')).toBe('<p>see <a class="link" href="/incidents/1">it</a></p>');
  });

  it('runs nothing that a document holds', () => {
    expect(html('<script>alert(1)</script>')).toBe('<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>');
    expect(html('[x](javascript:alert(1)) [y](//evil.example)')).not.toContain('href');
  });

  it('ends, whatever the text', () => {
    expect(html('```\nnever closed')).toBe('<pre tabindex="0">never closed</pre>');
    expect(html('|\n- \n>')).toContain('|');
  });
});
