import { openTokens } from '@sealtrail/service';
import { serve } from '@sealtrail/service/node';
import { expect, it, onTestFinished } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { reports } from '../support/verified.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

describeInBrowser('tenants', (open) => {
  it('that there are not are not listed, opened or remembered', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    const picker = page.getByLabel('Tenant', { exact: true });
    const listed = () => picker.getByRole('option').allTextContents();
    for (const path of ['t/nope/log', 't/nope/integrity', 't/n o/coaching']) {
      await visit(page, path);
      await page.getByText('There is no log of this tenant').waitFor();
      await expect.poll(listed).toEqual(['Choose…', 'acme', 'beta', '~access', '~seals']);
      expect(await page.getByRole('button', { name: 'Check the log' }).count()).toBe(0);
      await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
    }
    await page.getByRole('main').getByRole('link', { name: 'beta' }).click();
    await page.getByRole('button', { name: 'Check the log' }).waitFor();
    expect(await picker.inputValue()).toBe('beta');
    await visit(page, 't/nope/log');
    await page.getByText('There is no log of this tenant').waitFor();
    await visit(page, '');
    await page.waitForURL(/#\/t\/beta\/integrity$/);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('of which there is none yet: the operator’s own log does not pass for one', async () => {
    const place = await newSqlitePlace();
    await place.open();
    const served = await serve({ store: place.location, host: '127.0.0.1', port: 0 });
    onTestFinished(() => served.close());
    const tokens = await openTokens(place.location);
    const expires = new Date(Date.now() + 60_000).toISOString();
    const { text } = await tokens.create({
      name: 'an admin',
      role: 'admin',
      scope: { tenants: 'all' },
      expires,
    });
    await tokens.close();
    const watched = await open(`http://127.0.0.1:${served.port}/#token=${text}`);
    const { page } = watched;
    await page.getByText('There is no log yet').waitFor();
    await page.getByRole('main').getByRole('link', { name: '~access' }).click();
    await page.getByRole('button', { name: 'Signed in' }).waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('~access')?.status).toBe('valid');
  });
});
