import { Log, prune, setRetention } from '@sealtrail/store';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { proposed } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { check, newDesk, signIn, tamper, visit } from './helpers/desk.ts';

const drafts = Array.from({ length: 120 }, (_, i) => proposed(`p-${i}`));
const row = (page: Page, position: number) => page.getByRole('row', { name: new RegExp(`^${position} `) });

describeInBrowser('a place in a log', (open) => {
  it('that is broken is led to, however long ago it was', async () => {
    const { base, token, place } = await newDesk({ drafts });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    const seq = tamper(place.location, 'p-1:created', '"c-104"', '"c-105"');
    expect(await check(page)).toMatch(new RegExp(`^Chain broken at position ${seq}: `));
    await page.getByRole('region', { name: `The stored text of entry ${seq}` }).waitFor();
    await page.getByRole('link', { name: 'Show in the log' }).nth(1).click();
    await row(page, seq).getByText('broken').waitFor();
    // It is open, and where the keyboard goes on.
    // What the badge means is not only for who points at it.
    await page.getByText('Broken. The last check found a fault at this very position.').waitFor();
    await page.getByText(/^The hash of its text is .*, not the recorded one/).waitFor();
    await expect
      .poll(() => page.evaluate('document.activeElement.closest("tr").innerText'))
      .toMatch(`${seq}`);
    // And the log goes on from there, to both sides.
    await page.getByText(`Positions 0 to ${seq + 10}`).waitFor();
    await page.getByRole('button', { name: 'Newer' }).click();
    await page.getByText(`Positions ${seq + 11} to ${seq + 60}`).waitFor();
    await page.getByRole('button', { name: 'Newer' }).click();
    await page.getByText(`Positions ${seq + 61} to ${seq + 110}`).waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.position).toBe(seq);
  });

  it('that is not there is said to be none', async () => {
    const { base, token, place, size } = await newDesk({ drafts });
    const { page } = await open(base);
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log?entry=999');
    await page.getByText(`The log ends at position ${size - 1}.`).waitFor();
    await page.getByRole('button', { name: 'Show the whole log' }).click();
    await page.getByText(`Positions ${size - 50} to ${size - 1}`).waitFor();
    await visit(page, 't/acme/log?q=position:5..7');
    await page.getByText('Positions 5 to 7').waitFor();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('that was pruned is not said to be whole, nor never to have been', async () => {
    const { base, token, place } = await newDesk();
    const store = await place.open();
    const log = new Log(store);
    const by = { type: 'user', id: 'u-dpo', auth_method: 'sso' } as const;
    await setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by });
    await log.close();
    await prune(store, 'acme', { by, archive: place.folder, now: () => Date.now() + 40 * 86_400_000 });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    expect(await check(page)).toMatch(/, sealed [^;]+; positions 0 to \d+ were pruned$/);
    await page.getByText('from position').first().waitFor();
    expect(await page.getByText(/^Every entry is exactly/).count()).toBe(0);
    await page.getByText('Positions 0 to').first().waitFor();

    await visit(page, 't/acme/log?entry=3');
    await page.getByText('Position 3 was pruned').waitFor();
    await visit(page, 't/acme/records/contact/c-104');
    await page.getByText('The beginning of this log was pruned').waitFor();
    await page.getByText('What is stored says nothing about this record').waitFor();
    expect(await page.getByText('That nothing is there can be proved').count()).toBe(0);
    await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
    await page.getByText('It is not stored here any more').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
