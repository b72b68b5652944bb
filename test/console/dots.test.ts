import { anchorTenant, Log, sealTenants } from '@sealtrail/store';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { proposed } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { check, newDesk, signIn, visit } from './helpers/desk.ts';

describeInBrowser('names of dots', (open) => {
  it.each(['.', '..'])('lead to what they name, not to another place: %s', async (dots) => {
    const { base, token, place } = await newDesk();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll(dots, [proposed(dots, { targets: [{ type: 'contact', id: dots }] })]);
    await log.close();
    await anchorTenant(store, dots);
    await sealTenants(store);
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    await page.getByLabel('Tenant', { exact: true }).selectOption(dots);
    await expect
      .poll(() => page.getByText('1 of 2 entries').or(page.getByText('2 of 2 entries')).count())
      .toBe(1);
    expect(await check(page)).toMatch(/^Chain verified: 2 entries walked/);
    expect(await check(page, 'browser')).toMatch(/^Chain verified: 2 entries walked/);
    await page.getByRole('link', { name: 'Log', exact: true }).click();
    await page
      .getByRole('link', { name: `contact ${dots}`, exact: true })
      .first()
      .click();
    await page.getByRole('heading', { name: `contact ${dots}`, exact: true }).waitFor();
    await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
    expect(await page.getByTestId('completeness').textContent()).toMatch(/^Complete: 1 entry touches/);
    await page.reload();
    await page.getByRole('heading', { name: `contact ${dots}`, exact: true }).waitFor();
    await page.getByRole('link', { name: 'Record history' }).click();
    await page.getByLabel('Its id').fill(dots);
    await page.getByRole('button', { name: 'Show its history' }).click();
    await page.getByRole('list', { name: 'History' }).getByText('Proposed').waitFor();
    await page.getByRole('link', { name: 'position 1' }).click();
    await page.getByText('What is shown of it is what it says.').waitFor();
    // What is known of the proposal, whose id is the same.
    await page.getByText(`Proposal ${dots}: pending`).waitFor();
    const one = { tenants: [dots], record: { type: 'contact', id: dots } };
    const auditor = await open(`${base}#token=${await token('auditor', one)}`);
    await auditor.page.getByRole('heading', { name: `contact ${dots}`, exact: true }).waitFor();
    await visit(auditor.page, '');
    await auditor.page.getByRole('list', { name: 'History' }).getByText('Proposed').waitFor();
    expectQuiet(watched);
    expectQuiet(auditor);
    expect((await reports(place.location)).get(dots)?.status).toBe('valid');
  });
});
