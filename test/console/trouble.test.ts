import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { proposed } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

describeInBrowser('trouble', (open) => {
  it('a page that is long in coming is said to be, and the keyboard stays where it was', async () => {
    const drafts = Array.from({ length: 70 }, (_, i) => proposed(`p-${i}`));
    const { base, token, place } = await newDesk({ drafts });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await visit(page, 't/acme/log');
    await page.getByText('Positions 21 to 70').waitFor();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/entries?*', async (route) => {
      await released;
      await route.continue();
    });
    const older = page.getByRole('button', { name: 'Older' });
    await older.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Reading the next page…').waitFor();
    release();
    await page.getByText('Positions 0 to 20').waitFor();
    expect(await older.isEnabled()).toBe(false);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Older');
    // What is older begins at the top.
    const head = await page.getByRole('columnheader', { name: 'Position' }).boundingBox();
    expect(Math.round(head?.y ?? -1)).toBeLessThan(3);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('a check that finds no service says what it could not do, on both sides', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await page.getByText('Past checks by the server').waitFor();
    await page.route('**/api/v1/**', (route) => route.abort());
    await page.getByRole('button', { name: 'Check the log' }).click();
    await page.getByText('Checked by the server: no verdict').waitFor();
    await page.getByText('Checked in your browser: no verdict').waitFor();
    const alert = page.getByRole('alert').filter({ hasText: 'The check could not be carried out' });
    await alert.getByText('The service does not answer').waitFor();
    expect(await page.getByText('Something on this page went wrong').count()).toBe(0);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('a service that goes away in the midst and comes back is waited for', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await page.getByText('Past checks by the server').waitFor();
    // Events break off, and so do the first questions after that.
    let refused = 0;
    await page.route('**/verifications/*/events', (route) => route.abort());
    await page.route('**/verifications/*', (route) => (refused++ < 2 ? route.abort() : route.continue()));
    // The log breaks off on its way to the browser.
    await page.route('**/tenants/acme/log', (route) => route.abort());
    await page.getByRole('button', { name: 'Check the log' }).click();
    await page.getByText('Checked by the server: valid').waitFor();
    expect(refused).toBeGreaterThan(2);
    await page.getByText('Checked in your browser: no verdict').click();
    await page.getByRole('alert').getByText('The service does not answer.').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('a part of the page that cannot be fetched is no riddle', async () => {
    const { base, token, place } = await newDesk();
    const { page } = await open(base);
    await signIn(page, await token('manager'));
    await page.route('**/assets/**', (route) => route.abort());
    await visit(page, 't/acme/coaching');
    await page.getByRole('alert').getByText('The service does not answer').waitFor();
    await page.unroute('**/assets/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.recharts-surface').first().waitFor();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('evidence that cannot be had: the page says why', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/records/contact/c-104');
    const error = { code: 'not_sealed', message: 'no seal covers the log' };
    await page.route('**/evidence', (route) => route.fulfill({ status: 409, json: { error } }));
    await page.getByRole('button', { name: 'Download evidence' }).click();
    await page.getByText('Not provable yet').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
