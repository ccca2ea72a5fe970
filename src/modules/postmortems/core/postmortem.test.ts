import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, type Instant, instant } from '#kernel/instant.ts';
import { Action, isOverdue } from './action.ts';
import { type DraftFacts, draft } from './draft.ts';
import { containBlock, escapeInline } from './markdown.ts';
import { type Postmortem, renderMarkdown } from './render.ts';
import { isRequired, type RequirementFacts } from './required.ts';
import { promptOf, SECTION_IDS, SECTIONS } from './sections.ts';

const at = (clock: string): Instant => instant(Date.parse(`2026-11-19T${clock}:00Z`));

describe('a postmortem is required', () => {
  const minor: RequirementFacts = {
    severity: 'SEV3',
    customerDataExposed: false,
    impactMs: HOUR_MS,
    nearMiss: false,
    spentWhileFrozen: false,
    spent: [{ objective: 'checkout', ratio: 0.2 }],
    spentLimitRatio: 0.2,
  };
  test.each<[string, Partial<RequirementFacts>, string[]]>([
    ['for SEV1', { severity: 'SEV1' }, ['severe']],
    ['for SEV2', { severity: 'SEV2' }, ['severe']],
    ['when customer data was exposed', { customerDataExposed: true }, ['data_exposed']],
    ['for more than an hour', { impactMs: HOUR_MS + 1 }, ['over_an_hour']],
    ['for a near-miss', { nearMiss: true }, ['near_miss']],
    ['for any loss while frozen', { spentWhileFrozen: true }, ['spent_while_frozen']],
    ['when it spent more than a fifth of a budget', { spent: [{ objective: 'checkout', ratio: 0.2000001 }] }, ['spent_too_much']],
    ['for several reasons at once', { severity: 'SEV2', nearMiss: true }, ['severe', 'near_miss']],
  ])('%s', (_name, change, codes) => {
    const answer = isRequired({ ...minor, ...change });
    expect([answer.required, answer.because.map((one) => one.code)]).toEqual([true, codes]);
  });
  test.each([HOUR_MS, 0, null])('but not for a SEV3 of %s ms', (impactMs) => {
    expect(isRequired({ ...minor, impactMs })).toMatchObject({ required: false, because: [{ code: 'not_required' }] });
  });
});

const facts: DraftFacts = {
  title: 'Checkout | refuses cards',
  severity: 'SEV2',
  services: ['checkout'],
  impactStartedAt: at('02:00'),
  mitigatedAt: at('02:42'),
  resolvedAt: at('03:15'),
  durations: [{ name: 'detect', text: '2 min from the start of impact to detection' }],
  budget: [{ objective: 'checkout availability', ratio: 0.042, badCount: 1512 }],
  detectedBy: { text: 'burn alert', at: at('02:02') },
  pages: [{ person: 'Ana', pagedAt: at('02:02'), acknowledgedAt: at('02:05') }],
  suspects: [{ title: 'deploy 4812', at: at('01:58') }],
  timeline: [{ at: at('02:20'), text: 'rolled back <b>4812</b>' }],
  responders: ['Ana'],
  links: [],
};
const body = (sections: { id: string; body: string }[], id: string) => sections.find((section) => section.id === id)?.body ?? '';

describe('a draft', () => {
  test('has every section, filled where there are facts and asking where there are none', () => {
    const sections = draft(facts);
    expect(sections.map((section) => section.id)).toEqual(SECTION_IDS);
    expect(body(sections, 'summary')).toContain(
      'SEV2 on checkout: Checkout \\| refuses cards. It began at 2026-11-19 02:00 UTC and was felt for 42 min.',
    );
    expect(body(sections, 'impact')).toContain('- checkout availability: 1512 bad events, 4.2 % of the error budget');
    expect(body(sections, 'trigger')).toContain('deploy 4812 (suspected)');
    expect(body(sections, 'detection')).toContain('Ana paged, acknowledged after 3 min');
    expect(body(sections, 'lucky')).toBe(promptOf('lucky'));
  });
  test('tells the timeline in order, with the moments that matter', () => {
    expect(body(draft(facts), 'timeline').split('\n').slice(2, 6)).toEqual([
      '| 2026-11-19 02:00 | **Impact begins** |',
      '| 2026-11-19 02:20 | rolled back \\<b\\>4812\\</b\\> |',
      '| 2026-11-19 02:42 | **Mitigated** |',
      '| 2026-11-19 03:15 | **Resolved** |',
    ]);
  });
  test('invents nothing where nothing is known', () => {
    const empty = draft({
      ...facts,
      impactStartedAt: null,
      mitigatedAt: null,
      resolvedAt: null,
      durations: [],
      budget: [],
      detectedBy: null,
      pages: [],
      suspects: [],
      timeline: [],
      responders: [],
    });
    expect(body(empty, 'summary')).toContain('Its beginning is not recorded.');
    for (const id of ['impact', 'timeline', 'trigger', 'detection', 'authors'] as const) expect(body(empty, id)).toBe(promptOf(id));
    expect(body(draft({ ...facts, budget: [{ objective: 'o', ratio: null, badCount: 3 }] }), 'impact')).toContain(
      'no budget to compare with',
    );
  });
});

const action: Action = { title: 'Add a guard', kind: 'prevent', priority: 'P1', owner: 'ana', due: '2026-12-01', state: 'open' };
const postmortem: Postmortem = {
  title: 'Checkout',
  incidentId: 'inc_1',
  severity: 'SEV2',
  state: 'in_review',
  authors: ['Ana', 'Ben'],
  sections: draft(facts),
  actions: [action],
};

const markdown = new MarkdownIt({ html: true });
function structureOf(text: string) {
  const tokens = markdown.parse(text, {});
  const inline = tokens.flatMap((token) => token.children ?? []);
  return {
    headings: tokens.flatMap((token, i) =>
      token.type === 'heading_open' ? [`${token.tag} ${tokens[i + 1]?.children?.map((one) => one.content).join('')}`] : [],
    ),
    html: [...tokens, ...inline].filter((token) => token.type.startsWith('html')).length,
    rows: tokens.filter((token) => token.type === 'tr_open').length,
    cells: tokens.filter((token) => token.type === 'td_open').length,
  };
}
const sectionHeadings = SECTIONS.map((section) => `h2 ${section.title}`);
const nasty = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        '\n',
        '\n\n',
        '# x',
        '## ',
        '---',
        '===',
        '-',
        '> ',
        '- ',
        '1. ',
        '| a | b |',
        '|---|---|',
        '|',
        '\\',
        '`',
        '```',
        '```js',
        '~~~',
        '````',
        '<b>',
        '</div>',
        '<!--',
        '<?x',
        '<http://x.y>',
        '    ',
        '\t',
        '&lt;',
        '[a]: x',
        '![',
        '](x)',
        '**',
        '\r',
        '  \n',
        'text',
        '{',
        '* * *',
      ),
    ),
    { maxLength: 14 },
  )
  .map((pieces) => pieces.join(''));

describe('the document', () => {
  test('has a title, every section once and the table of actions', () => {
    const text = renderMarkdown(postmortem);
    expect(structureOf(text).headings).toEqual(['h1 Checkout', ...sectionHeadings]);
    expect(text).toContain('| Add a guard | prevent | P1 | ana | 2026-12-01 | open |');
    expect(text).toContain('| Status | in review |');
    expect(text).toContain('| Authors | Ana, Ben |');
  });
  test('asks where a section is missing or empty', () => {
    const text = renderMarkdown({ ...postmortem, sections: [{ id: 'lessons', body: ' ' }], actions: [] });
    for (const id of SECTION_IDS) expect(text).toContain(promptOf(id));
  });
  test('keeps lists, emphasis, links and code of a section as they are', () => {
    const given = '- **one** [two](https://x.y)\n- `three`\n\n```sh\n# not a heading <b>\n```\n\na < b';
    expect(containBlock(given)).toBe(given);
  });

  test('no text of people can break a title, a table or a list', () => {
    fc.assert(
      fc.property(nasty, nasty, (title, cell) => {
        const text = renderMarkdown({
          ...postmortem,
          title,
          authors: [cell],
          sections: [],
          actions: [{ ...action, title: cell, owner: title }],
        });
        const found = structureOf(text);
        expect(found.headings.slice(1)).toEqual(sectionHeadings);
        expect(found).toMatchObject({ html: 0, rows: 5 + 2, cells: 4 * 2 + 6 });
      }),
      { numRuns: 1000 },
    );
  });
  test('no body of a section can add a heading or HTML, or swallow what follows', () => {
    fc.assert(
      fc.property(nasty, nasty, (one, two) => {
        const text = renderMarkdown({
          ...postmortem,
          sections: [
            { id: 'impact', body: one },
            { id: 'timeline', body: two },
          ],
        });
        const found = structureOf(text);
        expect(found.headings).toEqual(['h1 Checkout', ...sectionHeadings]);
        expect(found.html).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
  test('no facts of an incident can break its draft', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const sections = draft({
          ...facts,
          title: text,
          services: [text],
          timeline: [{ at: at('02:20'), text }],
          suspects: [{ title: text, at: at('01:00') }],
          responders: [text],
          links: [{ title: text, url: text }],
        });
        const found = structureOf(renderMarkdown({ ...postmortem, sections, actions: [] }));
        expect(found).toMatchObject({ headings: ['h1 Checkout', ...sectionHeadings], html: 0, rows: 5 + 5 });
      }),
      { numRuns: 500 },
    );
  });
  test('an escaped line is shown as it was written', () => {
    fc.assert(
      fc.property(fc.string(), (given) => {
        const shown =
          markdown
            .parseInline(escapeInline(given), {})[0]
            ?.children?.map((one) => one.content)
            .join('') ?? '';
        expect(shown).toBe(given.replace(/\s+/gu, ' ').trim().replaceAll('\u0000', '\uFFFD'));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('actions', () => {
  test('have a kind, an owner, a day and a state', () => {
    expect(Action.parse({ title: ' Add a guard ', kind: 'prevent', owner: 'ana', due: '2026-12-01' })).toEqual({
      ...action,
      priority: 'P2',
    });
    for (const wrong of [{ kind: 'hope' }, { owner: '' }, { due: 'soon' }, { state: 'maybe' }, { priority: 'P9' }, { title: '' }]) {
      expect(Action.safeParse({ ...action, ...wrong }).success).toBe(false);
    }
  });
  test.each([
    ['open', '2026-12-02', true],
    ['in_progress', '2026-12-02', true],
    ['open', '2026-12-01', false],
    ['done', '2026-12-02', false],
    ['dropped', '2026-12-02', false],
  ] as const)('that are %s on %s are overdue: %s', (state, today, overdue) => {
    expect(isOverdue({ ...action, state }, today)).toBe(overdue);
  });
});
