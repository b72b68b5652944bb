import { openTokens } from '@sealtrail/service';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

describeInBrowser('a session', (open) => {
  it('that ends leads to the way in, and from there back to where somebody was', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    const first = await token('manager');
    await signIn(page, first);
    await visit(page, 't/acme/log?q=outcome:edited');
    await page.getByRole('button', { name: 'Approved with changes' }).waitFor();
    const tokens = await openTokens(place.location);
    await tokens.revoke(first.split('_')[1] ?? '');
    await tokens.close();
    await page.getByRole('button', { name: 'Approved with changes' }).click();
    await page.getByRole('alert').getByText('Your access has ended').waitFor();
    // Nothing of what was shown is left, neither to see nor to go back to.
    expect(await page.getByRole('table').count()).toBe(0);
    await signIn(page, await token('auditor'));
    await page.getByRole('button', { name: 'Approved with changes' }).waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('that another tab began anew, as somebody else, is theirs here as well', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    await visit(page, 't/acme/coaching');
    await page.getByRole('region', { name: 'By person', exact: true }).waitFor();
    const other = await page.context().newPage();
    await other.goto(`${base}#token=${await token('auditor')}`);
    await other.getByText('a auditor').waitFor();
    await other.close();
    // What a browser says when somebody comes back to the tab.
    const comeBack = () => page.evaluate("dispatchEvent(new Event('visibilitychange'))");
    await page.route('**/api/v1/me', (route) => route.abort());
    await comeBack();
    await page.waitForTimeout(200);
    await page.getByText('a admin').waitFor();
    await page.unroute('**/api/v1/me');
    await comeBack();
    await page.getByText('a auditor').waitFor();
    expect(await page.getByRole('link', { name: 'Access' }).count()).toBe(0);
    await page.getByRole('alert').getByText('Your access does not include this').waitFor();
    expect(await page.getByRole('region', { name: 'By person', exact: true }).count()).toBe(0);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('that cannot be ended says so', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await page.getByText('Past checks by the server').waitFor();
    await page.route('**/session', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('alert').getByText('The service does not answer').waitFor();
    await page.unroute('**/session');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Access token').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
