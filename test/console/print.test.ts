import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { agent, approved, proposed, targets } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

const LONG = `${'A long mail. '.repeat(100)}The end of it.`;

/** What a browser does when somebody prints, but for the paper. */
const print = {
  async begin(page: Page): Promise<void> {
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: 'print' });
  },
  async end(page: Page): Promise<void> {
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
  },
};

describeInBrowser('a page on paper', (open) => {
  it('has whole names, of people and of all records: cut off, two of them read the same', async () => {
    const id = `agent-${'x'.repeat(120)}`;
    const many = ['a', 'b', 'c', 'd'].map((one) => ({ type: 'contact', id: `${one}${'z'.repeat(200)}` }));
    const { base, token, place } = await newDesk({
      drafts: [proposed('p-1', { actor: { ...agent, id }, targets: many })],
    });
    const watched = await open(base, { viewport: { width: 1280, height: 900 } });
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log');
    await page.getByText('Positions 0 to 1').waitFor();
    // A window, and a sheet of paper.
    for (const width of [1_280, 720]) {
      await page.setViewportSize({ width, height: 1_000 });
      await print.begin(page);
      const row = page.getByRole('row').filter({ hasText: 'Proposed' });
      await row.getByText(id).waitFor();
      for (const { id: record } of many) await row.getByText(`contact ${record}`).waitFor();
      const cut = await row.evaluate((element) =>
        [...element.querySelectorAll('*')]
          .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
          .map(
            (one) =>
              `${one.tagName} ${one.className} ${one.textContent} ${one.scrollWidth} ${one.clientWidth}`,
          ),
      );
      expect(cut).toEqual([]);
      await print.end(page);
    }
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('has what is shown and nothing to click, whole, dark on white, and says what it is not', async () => {
    const { base, token, place } = await newDesk({
      drafts: [proposed('p-1', { targets, rationale: LONG })],
    });
    const watched = await open(base, { colorScheme: 'dark', timezoneId: 'Europe/Berlin' });
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/records/contact/c-104');
    await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
    await page.getByTestId('completeness').waitFor();
    const main = page.getByRole('main');
    const ending = main.getByText('The end of it.');
    expect(await ending.count()).toBe(0);
    await print.begin(page);
    await ending.waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('checkbox').count()).toBe(0);
    // Shortened, a hash cannot be compared with anything.
    const hashes = main.locator('code').filter({ hasText: /^[0-9a-f]{64}$/ });
    expect(await hashes.count()).toBe(2);
    const note = main.getByText('This print proves nothing by itself');
    await note.waitFor();
    expect(await note.textContent()).toMatch(
      /^Tenant acme, as http.+ showed it to a auditor at [-\d]{10}T[:\d]{8}\.\d{3}Z\. Times that end with Z are in UTC\./,
    );
    // An hour of a local time comes twice a year.
    expect(await main.locator('time').first().textContent()).toMatch(/^[-\d]{10}T[:\d]{8}\.\d{3}Z$/);
    const colour = () => page.evaluate<string>('getComputedStyle(document.querySelector("h1")).color');
    expect(await colour()).toBe('rgb(28, 32, 48)');
    await print.end(page);
    expect(await colour()).toBe('rgb(223, 226, 234)');
    await page.getByRole('button', { name: /^Show all/ }).waitFor();
    expect(await note.count()).toBe(0);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('has the names and the numbers of charts, whole, and folds them again', async () => {
    const name = (kind: string) => `${kind}-${'x'.repeat(100)}-${'y'.repeat(100)}`;
    const person = { type: 'user', id: name('person'), auth_method: 'sso' } as const;
    const { base, token, place } = await newDesk({
      drafts: [
        proposed('p-1', { actor: { ...agent, id: name('agent') }, targets }),
        approved('p-1', { actor: person, targets }),
      ],
    });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    // As wide as a sheet of paper.
    await page.setViewportSize({ width: 720, height: 1_000 });
    await visit(page, 't/acme/coaching');
    const region = page.getByRole('region', { name: 'By agent', exact: true });
    const numbers = region.getByRole('rowheader', { name: name('agent') });
    await region.waitFor();
    expect(await numbers.count()).toBe(0);
    await print.begin(page);
    await numbers.waitFor();
    await page.getByRole('rowheader', { name: name('person') }).waitFor();
    // What would have to be scrolled is not on the paper.
    const wide = await page
      .getByRole('main')
      .locator('section')
      .evaluateAll((sections) =>
        sections
          .filter((one) => one.scrollWidth > one.clientWidth + 1)
          .map((one) => one.getAttribute('aria-label')),
      );
    expect(wide).toEqual([]);
    // Nor is a number broken, or a bar without its colour in the legend.
    const cell = region.getByRole('cell').first();
    const lines = await cell.evaluate((one) => {
      const range = one.ownerDocument.createRange();
      range.selectNodeContents(one);
      return range.getClientRects().length;
    });
    expect(lines).toBe(1);
    const colours = await region
      .getByText('approved as proposed')
      .first()
      .evaluate(
        (label) =>
          label.ownerDocument.defaultView?.getComputedStyle(label.previousElementSibling ?? label)
            .printColorAdjust,
      );
    expect(colours).toBe('exact');
    await print.end(page);
    await expect.poll(() => numbers.count()).toBe(0);
    // What somebody opened stays open.
    await region.getByText('Show the numbers').click();
    await numbers.waitFor();
    await print.begin(page);
    await print.end(page);
    await numbers.waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
