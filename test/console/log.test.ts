import { erase, Log } from '@sealtrail/store';
import { readEvidence, verifyEvidence } from '@sealtrail/verifier';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { proposed } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { check, deleteValues, newDesk, signIn, visit } from './helpers/desk.ts';

describeInBrowser('reading a log', (open) => {
  it('pages to the first entry and back, and no row repeats', async () => {
    const drafts = Array.from({ length: 120 }, (_, i) => proposed(`p-${i}`));
    const { base, token, place, size } = await newDesk({ drafts });
    const { page } = await open(base);
    await signIn(page, await token('manager'));
    await page.getByRole('link', { name: 'Log', exact: true }).click();
    const older = page.getByRole('button', { name: 'Older' });
    const positions = async () => {
      const texts = await page.locator('tbody th[scope=row]').allInnerTexts();
      return texts.map(Number);
    };
    const seen: number[] = [];
    for (const range of ['Positions 71 to 120', 'Positions 21 to 70', 'Positions 0 to 20']) {
      await page.getByText(range, { exact: true }).waitFor();
      seen.push(...(await positions()));
      if (await older.isEnabled()) await older.click();
    }
    expect(seen).toEqual(Array.from({ length: size }, (_, i) => size - 1 - i));
    await page.getByRole('button', { name: 'Newer' }).click();
    await page.getByText('Positions 21 to 70', { exact: true }).waitFor();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('is at the page that its address says: for who comes back, loads it again or is sent it', async () => {
    const drafts = Array.from({ length: 240 }, (_, i) =>
      proposed(`p-${i}`, i % 2 ? {} : { trace_id: 't-even' }),
    );
    const { base, token, place, size } = await newDesk({ drafts });
    const watched = await open(base);
    const { page } = watched;
    const manager = await token('manager');
    await signIn(page, manager);
    const older = page.getByRole('button', { name: 'Older' });
    const newer = page.getByRole('button', { name: 'Newer' });
    const at = (range: string) => page.getByText(`Positions ${range}`, { exact: true }).waitFor();
    await visit(page, 't/acme/log');
    await at('191 to 240');
    await older.click();
    await at('141 to 190');
    expect(await older.evaluate('document.activeElement.textContent')).toBe('Older');
    await older.click();
    await at('91 to 140');
    const link = page.url();
    await page.getByRole('rowheader', { name: '120', exact: true }).waitFor();
    await page.getByRole('link', { name: 'contact c-104' }).first().click();
    await page.getByRole('heading', { name: 'contact c-104' }).waitFor();
    await page.goBack();
    await at('91 to 140');
    await page.goBack();
    await at('141 to 190');
    await page.goForward();
    await page.reload();
    await at('91 to 140');

    // It stays the same page while the log grows, and leads on to all that is newer.
    const store = await place.open();
    const log = new Log(store);
    await log.append('acme', proposed('p-later'));
    await log.close();
    const colleague = (await open(base)).page;
    await signIn(colleague, manager);
    await colleague.goto(link);
    await colleague.getByText('Positions 91 to 140', { exact: true }).waitFor();
    await page.reload();
    for (const range of ['141 to 190', '191 to 240', `${size} to ${size}`]) {
      await newer.click();
      await at(range);
    }
    expect(await newer.getAttribute('aria-disabled')).toBe('true');

    // Of a search as well, whose entries are far from each other.
    await visit(page, 't/acme/log?q=trace:t-even');
    await at('141 to 239');
    await older.click();
    await at('41 to 139');
    await page.reload();
    await at('41 to 139');
    await newer.click();
    await at('141 to 239');
    await older.click();
    await older.click();
    await at('1 to 39');
    expect(await older.getAttribute('aria-disabled')).toBe('true');
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('says which part of its address means nothing', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    for (const [path, part] of [
      ['entry=-5', 'entry=-5'],
      ['before=0', 'before=0'],
      ['agent=sales-assistant', 'agent=sales-assistant'],
      ['q=type:proposal.created&q=agent:nobody', 'q=agent:nobody'],
    ] as const) {
      await visit(page, `t/acme/log?${path}`);
      await page.getByText(`What is shown is without “${part}”.`).waitFor();
    }
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('has room for the positions of a log of any length', async () => {
    const { base, token, place } = await newDesk();
    for (const width of [1_280, 390]) {
      const { page } = await open(base, { viewport: { width, height: 800 } });
      await page.route('**/entries?*', async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        for (const entry of body.entries) entry.seq += 987_654_321;
        await route.fulfill({ response, json: body });
      });
      await page.getByLabel('Access token').fill(await token('auditor'));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Integrity' }).waitFor();
      await visit(page, 't/acme/log');
      const position = page.getByRole('rowheader', { name: '987,654,321', exact: true });
      await position.waitFor();
      const isCut = await position.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
      expect([width, isCut]).toEqual([width, false]);
    }
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('has room for what happened in a window of any width', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log');
    const what = page.getByRole('columnheader', { name: 'What happened' });
    for (const width of [320, 480, 760, 780, 890, 900, 1_000, 1_020, 1_030, 1_190, 1_210, 1_600]) {
      await page.setViewportSize({ width, height: 800 });
      await expect
        .poll(async () => [width, ((await what.boundingBox())?.width ?? 0) > 80])
        .toEqual([width, true]);
    }
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('finds entries by qualifiers, with the keyboard alone, and shows what was changed', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await visit(page, 't/acme/log');
    const query = page.getByLabel('Look for');
    await query.fill('outcome:edited record:contact/c-104');
    await query.press('Enter');
    const row = page.getByRole('button', { name: 'Approved with changes' });
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    await row.focus();
    await page.keyboard.press('Enter');
    const diff = page.getByRole('table', { name: 'What was proposed and what was approved' });
    const changed = diff.getByRole('row', { name: /^phone/ });
    await changed.waitFor();
    expect(await changed.getByRole('cell').allInnerTexts()).toEqual(['+44 20 7946 0112', '+44 20 7946 0113']);
    for (const fact of [
      'The hash of its text is the recorded one.',
      'It records the content of the entry before.',
      'The next entry records this content.',
      'Its sealed values are what the entry committed to.',
    ]) {
      await page.getByText(fact).waitFor();
    }

    await query.fill('confidence:<=0.49 trace:t-2');
    await query.press('Enter');
    await page.getByText('confidence:<=0.49', { exact: true }).waitFor();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(2);
    await query.fill('nonsense');
    await query.press('Enter');
    await page.getByText('“nonsense” is not a qualifier').waitFor();
    await query.fill('agent:nobody');
    await query.press('Enter');
    await page.getByText('No entry fits').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('opens the first and the newest entry, which have one neighbour each', async () => {
    const { base, token, place, size } = await newDesk();
    const { page } = await open(base);
    await signIn(page, await token('manager'));
    const before = page.getByText('It records the content of the entry before.');
    const after = page.getByText('The next entry records this content.');
    await visit(page, 't/acme/log?entry=0');
    await after.waitFor();
    expect(await before.count()).toBe(0);
    await visit(page, `t/acme/log?entry=${size - 1}`);
    await before.waitFor();
    expect(await after.count()).toBe(0);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it("hands over a record's evidence that verifies elsewhere", async () => {
    const { base, token, place } = await newDesk();
    const { page } = await open(base);
    await signIn(page, await token('manager'));
    await visit(page, 't/acme/records');
    await page.getByLabel('Its id').fill('c-104');
    await page.getByRole('button', { name: 'Show its history' }).click();
    const history = page.getByRole('list', { name: 'History' });
    await history.getByText('CRM value changed').first().waitFor();
    await history.getByText('unexplained').waitFor();
    await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
    const verdict = await page.getByTestId('completeness').textContent();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download evidence' }).click(),
    ]);
    const proof = verifyEvidence(await readEvidence(await download.path()));
    expect(proof).toMatchObject({
      status: 'valid',
      tenant: 'acme',
      record: { type: 'contact', id: 'c-104' },
    });
    expect(verdict).toMatch(new RegExp(`^Complete: ${proof.entries.length} entries touch this record`));
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('does not vouch for a value that is gone: erased or deleted is what a check tells', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    const store = await place.open();
    const by = { type: 'user', id: 'u-dpo', auth_method: 'sso' } as const;
    const target = { type: 'contact', id: 'c-104' };
    await erase(store, 'acme', { about: 'record', target, basis: 'gdpr_art_17', by });
    const log = new Log(store);
    const { seq } = await log.append('acme', proposed('p-9', { targets: [{ type: 'contact', id: 'c-9' }] }));
    await log.close();
    const row = page.getByRole('row').filter({ hasText: 'Proposed' }).first();
    const detail = page.getByText('Sealed values').locator('..');
    await visit(page, 't/acme/log?q=record:contact/c-104');
    await row.getByText('value gone').waitFor();
    await row.getByRole('button').click();
    await detail.getByText('or somebody deleted it').waitFor();
    expect(await page.getByText(/verifies|accounted for|provable/).count()).toBe(0);
    await visit(page, 't/acme/integrity');
    expect(await check(page)).toMatch(/^Chain verified/);
    await visit(page, 't/acme/log?q=record:contact/c-104');
    await row.getByText('erased, accounted for').waitFor();

    // What is deleted behind the log looks the same until it is checked.
    deleteValues(place.location, seq);
    await page.reload();
    await visit(page, `t/acme/log?entry=${seq}`);
    const deleted = page.getByRole('row', { name: new RegExp(`^${seq} `) });
    await deleted.getByText('value gone').waitFor();
    await visit(page, 't/acme/integrity');
    expect(await check(page)).toMatch(/^Chain broken/);
    await visit(page, `t/acme/log?entry=${seq}`);
    await deleted.getByText('gone, unaccounted for').waitFor();
    await detail.getByText('found no entry that accounts for it').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')).toMatchObject({ status: 'broken', position: seq });
  });
});
