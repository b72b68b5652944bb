import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { proposed } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

/** Both are half past two in Berlin: the hour before clocks are put back, and the one after. */
const TWICE = ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'];

/** Has the service say other times of entries: a log takes them from the clock. */
async function at(page: Page, times: readonly string[]): Promise<void> {
  await page.route(/\/(entries|incident)\?/, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    for (const entry of body.entries) entry.time = times[entry.seq - 1] ?? entry.time;
    await route.fulfill({ response, json: body });
  });
}

describeInBrowser('times', (open) => {
  it('say how far from UTC they are: an hour comes twice a year, and readers are in two countries', async () => {
    const drafts = [proposed('p-1'), proposed('p-2')];
    const { base, token, place } = await newDesk({ drafts });
    const text = await token('auditor');
    const shown = new Map<string, readonly string[]>();
    for (const timezoneId of ['Europe/Berlin', 'Asia/Kolkata', 'UTC']) {
      const watched = await open(base, { timezoneId });
      const { page } = watched;
      await at(page, TWICE);
      await signIn(page, text);
      await visit(page, 't/acme/log');
      await page.getByText('Positions 0 to 2').waitFor();
      const times = page.getByRole('row').locator('time');
      shown.set(timezoneId, (await times.allTextContents()).slice(0, 2).reverse());
      // The instant itself can be reached from each.
      const instants = await times.evaluateAll((all) => all.map((one) => one.getAttribute('datetime')));
      expect(instants.slice(0, 2).reverse()).toEqual(TWICE);
      await visit(page, 't/acme/incident?trace=t-1');
      await page.getByText('Show the numbers').click();
      const steps = page.getByRole('table').first().getByRole('rowheader');
      expect((await steps.allTextContents())[0]).toContain('UTC');
      expectQuiet(watched);
    }
    const { page } = await open(base);
    await at(page, [TWICE[0] ?? '', TWICE[0]?.replace('00.000', '00.001') ?? '']);
    await signIn(page, text);
    await visit(page, 't/acme/incident?trace=t-1');
    await page.getByText('Show the numbers').click();
    const steps = page.getByRole('table').first().getByRole('rowheader');
    expect(await steps.count()).toBe(1);
    expect(Object.fromEntries(shown)).toEqual({
      'Europe/Berlin': ['25 Oct 2026, 02:30:00 UTC+2', '25 Oct 2026, 02:30:00 UTC+1'],
      'Asia/Kolkata': ['25 Oct 2026, 06:00:00 UTC+5:30', '25 Oct 2026, 07:00:00 UTC+5:30'],
      UTC: ['25 Oct 2026, 00:30:00 UTC', '25 Oct 2026, 01:30:00 UTC'],
    });
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('of checks are times like the others, and a field for one says its distance too', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base, { timezoneId: 'Europe/Berlin' });
    const { page } = watched;
    await signIn(page, await token('auditor'));
    for (let i = 0; i < 2; i++) {
      await page.getByRole('button', { name: 'Check the log' }).click();
      await page.getByText('Checked by the server: valid').waitFor();
      await page.getByText('Checked in your browser: valid').waitFor();
    }
    await page.getByText('Checked in your browser: valid').click();
    const noted = page.getByText('The log still has the entry').locator('time');
    expect(await noted.textContent()).toMatch(/ UTC\+[12]$/);
    await page.reload();
    const earlier = page.getByText('The last check, of').locator('time');
    expect(await earlier.textContent()).toMatch(/ UTC\+[12]$/);
    await visit(page, `t/acme/log?q=since:${TWICE[1]}`);
    await page.getByLabel('From (Europe/Berlin), UTC+1').waitFor();
    await visit(page, `t/acme/log?q=since:${TWICE[0]}`);
    await page.getByLabel('From (Europe/Berlin), UTC+2').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('that come twice, where clocks are put back, leave nothing out, and say which one is meant', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base, { timezoneId: 'Europe/Berlin' });
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log');
    await page.getByText(/^Positions \d/).waitFor();
    const twice = page.getByText('so this comes twice');
    await page.getByLabel('From (Europe/Berlin)').fill('2026-10-25T02:30');
    await page.getByLabel('Until (Europe/Berlin)').fill('2026-10-25T02:45');
    expect(await page.getByLabel('Look for').inputValue()).toBe(
      'since:2026-10-25T00:30Z until:2026-10-25T01:45Z',
    );
    expect(await twice.allTextContents()).toEqual([
      'Clocks are put back, so this comes twice: the earlier one, 2026-10-25T00:30Z. The other is 2026-10-25T01:30Z.',
      'Clocks are put back, so this comes twice: the later one, 2026-10-25T01:45Z. The other is 2026-10-25T00:45Z.',
    ]);
    // What is asked for by its instant is that one.
    await visit(page, 't/acme/log?q=since:2026-10-25T01:30Z');
    await page.getByText('the later one, 2026-10-25T01:30Z').waitFor();
    for (const once of ['2026-10-25T01:59', '2026-10-25T03:00', '2026-03-29T02:30', '2026-07-01T12:00']) {
      await page.getByLabel('From (Europe/Berlin)').fill(once);
      expect([once, await twice.count()]).toEqual([once, 0]);
    }
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
