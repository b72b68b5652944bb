import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { contact, LIFE, proposed, sarah, UNEXPLAINED } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

/** What an application records by itself, under names that an entry has as well. */
const NOTE = {
  type: 'crm.note_added',
  actor: sarah,
  targets: [contact],
  data: { by: 'u-99', time: '2020-01-01', hash: 'abc', channel: 'phone' },
  sealed: { note: 'The customer withdrew her consent.' },
};
const HIDDEN = 'a\u202eb';

describeInBrowser("a record's history", (open) => {
  it('has everything that its entries say, for who sees nothing but this record', async () => {
    const { base, token, place } = await newDesk({ drafts: [...LIFE, UNEXPLAINED, NOTE] });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor', { tenants: ['acme'], record: contact }));
    const history = page.getByRole('list', { name: 'History' });
    const note = history.getByRole('listitem').filter({ hasText: 'crm.note_added' });
    await note.getByText('The customer withdrew her consent.').waitFor();
    await note.getByText('phone', { exact: true }).waitFor();
    const refused = history.getByRole('listitem').filter({ hasText: 'Not carried out' });
    await refused.getByText('What is recorded in the clear').click();
    await refused.getByText('pending', { exact: true }).waitFor();
    // What a badge means is not only for who points at it.
    await history.getByText('No proposal in the log explains this write').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('and the log: what an entry says of itself does not pass for what the log says of it', async () => {
    const { base, token, place } = await newDesk({ drafts: [NOTE] });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log?entry=1');
    await page.getByText('It records the content of the entry before.').waitFor();
    const clear = page.locator('dl:has(> div > dt > bdi:text-is("entry id"))');
    for (const name of ['time', 'by', 'hash']) {
      expect(await clear.locator(`> div > dt > bdi:text-is("${name}")`).count()).toBe(1);
    }
    expect(await clear.locator('dl dt').allTextContents()).toEqual(['by', 'channel', 'hash', 'time']);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('names what cannot be seen in titles and names as well', async () => {
    const drafts = [
      proposed('p-1', {
        targets: [{ type: 'contact', id: HIDDEN }],
        action: HIDDEN,
        args: { [HIDDEN]: 'x' },
        personal: [],
        trace_id: HIDDEN,
        actor: { type: 'agent', id: 'bot', model: HIDDEN },
      }),
    ];
    const { base, token, place } = await newDesk({ drafts });
    const { page } = await open(base);
    await signIn(page, await token('manager'));
    const main = page.getByRole('main');
    const places: readonly (readonly [path: string, ready: string])[] = [
      [`records/contact/${encodeURIComponent(HIDDEN)}`, 'Prove that nothing is left out'],
      ['log?entry=1', 'It records the content of the entry before.'],
      [`incident?trace=${encodeURIComponent(HIDDEN)}`, 'Every entry'],
      ['coaching', 'What was proposed most.'],
    ];
    for (const [path, ready] of places) {
      await visit(page, `t/acme/${path}`);
      await main.getByText(ready).waitFor();
      await main.getByText('aU+202Eb').first().waitFor({ state: 'attached' });
      expect({ path, text: await main.textContent() }).toEqual({
        path,
        text: expect.not.stringContaining('\u202e'),
      });
    }
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
