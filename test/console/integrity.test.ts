import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { check, newDesk, remove, show, signIn, tamper, visit } from './helpers/desk.ts';

describeInBrowser('checking a log', (open) => {
  it('says nothing before a check, and after it how many entries were walked', async () => {
    const { base, token, size, place } = await newDesk({ unanchored: 2 });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    await page.getByText('Not checked since you opened this page').waitFor();
    expect(await page.locator('[data-tone=good]').count()).toBe(0);

    const verdict = `Chain verified: ${size} entries walked, positions 0 to ${size - 1}, anchored up to ${size - 3}`;
    expect(await check(page)).toMatch(new RegExp(`^${verdict}, sealed (just now|\\d+ minutes? ago)$`));
    await page.getByText('whether whoever controls the store rewrote everything').waitFor();
    // The browser has no word of seals but the server's, so it says none.
    expect(await show(page, 'browser')).toBe(verdict);
    await page.getByText('2 entries waiting').waitFor();

    await page.getByRole('region', { name: 'Past checks by the server' }).getByText('valid then').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('names the place of a change, on the server and in the browser, and opens it', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    expect(await check(page)).toMatch(/^Chain verified/);
    const seq = tamper(place.location, 'p-1:decision', '"id":"u-17"', '"id":"u-18"');

    expect(await check(page)).toBe(
      `Chain broken at position ${seq}: the content of entry ${seq} no longer matches its hash`,
    );
    const text = page.getByRole('region', { name: `The stored text of entry ${seq}` });
    expect(JSON.parse((await text.textContent()) ?? '').actor.id).toBe('u-18');
    await page.getByText(`Entry ${seq} records exactly this content of entry ${seq - 1}.`).waitFor();
    await page
      .getByText(`Entry ${seq + 1} recorded another content of entry ${seq} than is stored now.`)
      .waitFor();
    expect(await show(page, 'browser')).toMatch(new RegExp(`^Chain broken at position ${seq}: `));
    expect(await page.getByText('The server and your browser do not agree').count()).toBe(0);

    // In the log the row is marked, those before it are not, and nothing vouches for those after it.
    await page.getByRole('link', { name: 'Log', exact: true }).click();
    const row = (position: number) => page.getByRole('row', { name: new RegExp(`^${position} `) });
    await row(seq).getByText('broken').waitFor();
    await row(seq - 1)
      .getByText('verified')
      .waitFor();
    await row(seq + 1)
      .getByText('after a break')
      .waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.position).toBe(seq);
  });

  it('says of an entry that is broken that it is, in a history and an incident as well', async () => {
    const { base, token, place } = await newDesk();
    tamper(place.location, 'p-1:decision', '"id":"u-17"', '"id":"u-18"');
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    expect(await check(page)).toMatch(/^Chain broken at position 4/);
    for (const path of ['t/acme/records/contact/c-104', 't/acme/incident?trace=t-1']) {
      await visit(page, path);
      const item = page.getByRole('listitem').filter({ hasText: 'Approved with changes' });
      await item.getByText('The last check found a fault at this very position.').waitFor();
      const later = page.getByRole('listitem').filter({ hasText: 'Carried out' });
      await later.getByText('The chain is broken before this entry').waitFor();
      const before = page.getByRole('listitem').filter({ hasText: 'Shown to a person' });
      expect(await before.getByText('The last check').count()).toBe(0);
    }
    expectQuiet(watched);
  });

  it('shows where an entry is gone, and what the log can still be asked', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    const seq = remove(place.location, 'p-1:decision');
    expect(await check(page)).toBe(`Chain broken at position ${seq}: entry ${seq} is missing`);
    await page.getByText(`Nothing is stored at position ${seq}`).waitFor();
    await page.getByText(new RegExp(`^${seq - 1} · `)).waitFor();
    await page.getByText(new RegExp(`^${seq + 1} · `)).waitFor();
    expect(await show(page, 'browser')).toBe(`Chain broken at position ${seq}: entry ${seq} is missing`);
    // Views would have to leave something out, so they refuse, and say what helps.
    await page.getByRole('link', { name: 'Log', exact: true }).click();
    await page.getByText('Run a check under “Integrity”').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.position).toBe(seq);
  });

  it('a cancelled check leaves no verdict', async () => {
    const { base, token, place } = await newDesk();
    const { page } = await open(base);
    // A log that never comes: the check in the browser waits for it.
    await page.route('**/tenants/acme/log', () => {});
    await signIn(page, await token('manager'));
    await page.getByRole('button', { name: 'Check the log' }).click();
    await page.getByText('Checked in your browser: running').click();
    await page.getByText('Your browser is walking the log').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The check was cancelled').waitFor();
    expect(await page.locator('[data-tone=good]').count()).toBe(0);
    await page.getByText('Checked by the server: valid').click();
    await page.getByTestId('verdict').waitFor();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('cancelled before the service has said which run it is, is stopped as soon as it does', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/tenants/acme/verifications', async (route) => {
      if (route.request().method() === 'POST') await released;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Check the log' }).click();
    await page.getByText('Checked by the server: running').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    const cancelling = page.waitForRequest((request) => request.method() === 'DELETE');
    release();
    await cancelling;
    await page.getByText('The check was cancelled').waitFor();
    expect(await page.getByText(/^Checked by the server: /).count()).toBe(0);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('that cannot be cancelled goes on, and says why', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    // Events that never come: the page takes the run for one under way.
    await page.route('**/events', () => {});
    const error = { code: 'store_unavailable', message: 'the service cannot answer now' };
    await page.route('**/verifications/*', (route) => route.fulfill({ status: 500, json: { error } }));
    await page.getByRole('button', { name: 'Check the log' }).click();
    await page.getByText('The server is walking the log').waitFor();
    // Once the service has answered which run it is.
    await page.getByRole('region', { name: 'Past checks by the server' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alert').getByText('the service cannot answer now').waitFor();
    await page.getByText('The server is walking the log').waitFor();
    // Its end is an entry of the access log, which must not come while that is verified.
    const headers = { authorization: `Bearer ${await token('manager')}` };
    const runs = async () =>
      (await fetch(`${base}api/v1/tenants/acme/verifications`, { headers })).json() as Promise<{
        runs: readonly { state: string }[];
      }>;
    await expect.poll(async () => (await runs()).runs[0]?.state).toBe('valid');
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
