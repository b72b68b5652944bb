import { decisionEditedApproved } from '@sealtrail/events';
import { openTokens } from '@sealtrail/service';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { agent, proposed, sarah, targets } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

const LONG = 'A long mail. '.repeat(800);

describeInBrowser('texts', (open) => {
  it('cannot pass for others: what would not be seen is named, and each has its own direction', async () => {
    const drafts = [
      proposed('p-1', { args: { note: 'exe\u202egnp.tidua', zero: 'ad\u200bmin' }, personal: [] }),
      proposed('p-2', {
        actor: { ...agent, id: 'مساعد' },
        targets: [{ type: 'contact', id: 'عميل-١٠٤' }],
        rationale: 'رقم جديد، 2026 (new).',
        args: { note: '👩🏽‍💻 她邮件的签名' },
        personal: [],
      }),
    ];
    const { base, token, place } = await newDesk({ drafts });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await visit(page, 't/acme/log?entry=1');
    const shown = page.getByRole('main');
    await shown.getByText('exeU+202Egnp.tidua').first().waitFor();
    await shown.getByText('adU+200Bmin').first().waitFor();
    expect(await shown.textContent()).not.toMatch(/[\u202e\u200b]/);
    await visit(page, 't/acme/log?entry=2');
    await shown.locator('bdi', { hasText: 'رقم جديد، 2026 (new).' }).first().waitFor();
    await shown.locator('bdi', { hasText: 'عميل-١٠٤' }).first().waitFor();
    await shown.getByText('👩🏽‍💻 她邮件的签名').first().waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('that are names of people and tokens cannot pass for others’ either', async () => {
    const { base, place } = await newDesk({
      drafts: [
        proposed('p-1', { actor: { ...agent, id: 'sales\u00ad-assistant' } }),
        proposed('p-2', { targets: [{ type: 'contact', id: 'c-104\u200d' }] }),
      ],
    });
    const tokens = await openTokens(place.location);
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const ofRecord = { tenants: ['acme'], record: { type: 'contact', id: 'c-104\ufe0f' } };
    await tokens.create({ name: 'Anna\u200b Weber', role: 'auditor', scope: ofRecord, expires });
    const all = { tenants: 'all' } as const;
    const mine = await tokens.create({ name: 'Tom\u202e\u3164', role: 'admin', scope: all, expires });
    await tokens.close();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, mine.text);
    await page.getByText('TomU+202EU+3164', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Check the log' }).click();
    await page.getByText('Checked by the server: valid').waitFor();
    await page.getByRole('cell', { name: 'TomU+202EU+3164', exact: true }).waitFor();
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.getByText('showed it to TomU+202EU+3164 at').waitFor();
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await visit(page, 'access');
    const row = page.getByRole('row', { name: 'AnnaU+200B Weber' });
    await row.getByText('contact c-104U+FE0F of acme').waitFor();
    await row.getByRole('button', { name: 'Revoke the access of AnnaU+200B Weber' }).click();
    await page.getByRole('dialog').getByText('AnnaU+200B Weber can see nothing').waitFor();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await visit(page, 't/acme/log?q=nonsense\u202e');
    await page.getByText('“nonsenseU+202E” is not a qualifier').waitFor();
    await visit(page, 't/acme/log');
    const agents = page.getByTitle('Agent salesU+00AD-assistant');
    await agents.getByText('salesU+00AD-assistant').waitFor();
    await page.getByText('c-104U+200D').waitFor();
    const unseen = await page.getByRole('main').evaluate((main) => main.outerHTML);
    expect(unseen).not.toMatch(/\u00ad|\u200b|\u200d|\u202e|\ufe0f/);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('that are names of actions are shown as they are: no two of them read the same', async () => {
    const names = ['set_discount', 'set-discount', 'set discount'];
    const drafts = names.map((action, i) => proposed(`p-${i}`, { action }));
    const { base, token, place } = await newDesk({ drafts });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    for (const path of ['log', 'records/contact/c-104', 'incident?trace=t-1', 'coaching']) {
      await visit(page, `t/acme/${path}`);
      const place = page.getByRole('main');
      if (path === 'coaching') await page.getByText('Show the numbers').nth(2).click();
      for (const name of names) await place.locator('bdi').getByText(name, { exact: true }).first().waitFor();
    }
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('that are names stay in their place, however long: in a row, a heading and beside the bars of a chart', async () => {
    const action = `update_${'of_it_all_'.repeat(8)}`;
    const drafts = [
      proposed('p-1', { action, actor: { ...agent, id: `assistant-${'x'.repeat(90)}` } }),
      proposed('p-2', { action: `${action}2`, actor: { ...agent, id: '售'.repeat(60) } }),
    ];
    const { base, token, place } = await newDesk({ drafts });
    const watched = await open(base, { viewport: { width: 1_000, height: 800 } });
    const { page } = watched;
    await signIn(page, await token('manager'));
    for (const [path, around, what] of [
      ['log', 'td', 'bdi'],
      ['records/contact/c-104', 'section', 'bdi'],
      ['coaching', 'section', 'text'],
    ] as const) {
      await visit(page, `t/acme/${path}`);
      await page
        .getByRole('main')
        .locator(what)
        .filter({ hasText: /^update_/ })
        .first()
        .waitFor();
      const beyond = await page
        .getByRole('main')
        .locator(what)
        .evaluateAll((all, around) => {
          return all.flatMap((one) => {
            const place = one.closest(around)?.getBoundingClientRect();
            const { left, right } = one.getBoundingClientRect();
            const isIn = place === undefined || (left >= place.left && right <= place.right);
            return isIn ? [] : [one.textContent];
          });
        }, around);
      expect([path, beyond]).toEqual([path, []]);
    }
    // The middle is left out of a name beside a bar, so that two of them that begin alike can be told apart.
    await page.getByText('update_o…_all_2').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('are told from what is none, and what was not there from what every object has', async () => {
    const original = { amount: '10', note: 'null' };
    const final = { amount: 10, note: null, toString: 'all' };
    const { base, token, place } = await newDesk({
      drafts: [
        proposed('p-1', { args: original, personal: [] }),
        decisionEditedApproved({ proposal: 'p-1', actor: sarah, targets, original, final }),
      ],
    });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await visit(page, 't/acme/log?entry=2');
    const diff = page.getByRole('table', { name: 'What was proposed and what was approved' });
    await diff.waitFor();
    const cells = (name: string) => diff.getByRole('row', { name: new RegExp(`^${name}`) }).getByRole('cell');
    expect(await cells('toString').allTextContents()).toEqual(['nothing', 'all']);
    for (const name of ['amount', 'note']) {
      const codes = (await cells(name).all()).map((cell) => cell.locator('code').count());
      expect([name, await Promise.all(codes)]).toEqual([name, [0, 1]]);
    }
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('that are long are folded, and names that are do not widen the page', async () => {
    const drafts = [
      proposed('p-1', { rationale: LONG }),
      proposed(`p-${'w'.repeat(90)}`, {
        action: `set_${'y'.repeat(90)}`,
        actor: { ...agent, id: 'x'.repeat(120) },
        targets: [{ type: 'contact', id: 'z'.repeat(120) }],
      }),
      proposed('p-3', { actor: { ...agent, id: `مساعد${'ا'.repeat(100)}` } }),
    ];
    const { base, token, place } = await newDesk({ drafts });
    const watched = await open(base, { viewport: { width: 390, height: 800 } });
    const { page } = watched;
    const size = () =>
      page.evaluate<number[]>(
        '[document.documentElement.scrollWidth, document.documentElement.scrollHeight]',
      );
    await page.getByLabel('Access token').fill(await token('manager'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Integrity' }).waitFor();
    await visit(page, 't/acme/log?entry=1');
    await page.getByText('It records the content of the entry before.').waitFor();
    const whole = page.getByRole('button', { name: 'Show all 10,400 characters' });
    await whole.first().waitFor();
    const [width, height = 0] = await size();
    expect(width).toBe(390);
    expect(height).toBeLessThan(4_000);
    await whole.first().click();
    await page.getByRole('button', { name: 'Show less' }).waitFor();
    expect((await size())[1]).toBeGreaterThan(height + 1_000);
    for (const path of ['t/acme/log?entry=2', `t/acme/records/contact/${'z'.repeat(120)}`]) {
      await visit(page, path);
      await page.getByText('w'.repeat(90)).first().waitFor();
      expect([path, (await size())[0]]).toEqual([path, 390]);
    }
    await page.setViewportSize({ width: 640, height: 800 });
    expect((await size())[0]).toBe(640);
    await page.setViewportSize({ width: 390, height: 800 });
    // It is the end of a name that is cut off, in either direction.
    await visit(page, 't/acme/log?entry=3');
    const name = page.getByText(/^مساعد/);
    await name.waitFor();
    const [hidden, shown] = await name.evaluate((element) => {
      const text = element.firstChild as unknown as { length: number };
      const box = element.closest('[title]')?.getBoundingClientRect() ?? { left: 0, right: 0 };
      return [text.length - 1, 0].map((at) => {
        const range = element.ownerDocument.createRange();
        range.setStart(text as never, at);
        range.setEnd(text as never, at + 1);
        const { left, right } = range.getBoundingClientRect();
        return left >= box.left - 1 && right <= box.right + 1;
      });
    });
    expect([hidden, shown]).toEqual([false, true]);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
