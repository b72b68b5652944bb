import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

/** The name of what has the focus. */
const focused = (page: Page) =>
  page.evaluate<string>(
    '(({ activeElement: e }) => e.labels?.[0]?.textContent || e.ariaLabel || e.textContent)(document)',
  );

describeInBrowser('the keyboard', (open) => {
  it('stays with what it began', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    const press = async (name: string): Promise<void> => {
      await page.getByRole('button', { name }).focus();
      await page.keyboard.press('Enter');
    };
    await press('Check the log');
    expect(await focused(page)).toBe('Check the log');
    await page.getByText('Checked by the server: valid').waitFor();
    await page.getByText('Checked in your browser: valid').waitFor();
    expect(await focused(page)).toBe('Check the log');
    await visit(page, 't/acme/records/contact/c-104');
    await press('Prove that nothing is left out');
    await page.getByTestId('completeness').waitFor();
    expect(await focused(page)).toBe('Prove again');
    await visit(page, 't/acme/log?q=outcome:edited');
    await press('Remove outcome:edited');
    await page.getByText('Positions 0 to').waitFor();
    expect(await focused(page)).toBe('Look for');
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('goes through the tenants, one after the other', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    const picker = page.getByLabel('Tenant', { exact: true });
    await page.getByRole('link', { name: 'Log', exact: true }).click();
    // A page that is new takes the focus to its heading first.
    await page.locator('tbody th[scope=row]').first().waitFor();
    await picker.focus();
    for (const tenant of ['beta', '~access', '~seals']) {
      await page.keyboard.press('ArrowDown');
      await page.waitForURL(new RegExp(`#/t/${tenant}/log$`));
      await expect.poll(() => picker.inputValue()).toBe(tenant);
      expect(await focused(page)).toBe('Tenant');
    }
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
