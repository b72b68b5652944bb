import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { check, newDesk, show, signIn, tamper, visit } from './helpers/desk.ts';
import { allValid, newLiar } from './helpers/liar.ts';

describeInBrowser('a server that lies', (open) => {
  it('is contradicted when it calls a broken log valid', async () => {
    const { base, token, place, size } = await newDesk();
    const seq = tamper(place.location, 'p-1:decision', '"id":"u-17"', '"id":"u-18"');
    const watched = await open(await newLiar(base, allValid(size)));
    const { page } = watched;
    await signIn(page, await token('auditor'));
    expect(await check(page, 'server')).toMatch(/^Chain verified/);
    expect(await show(page, 'browser')).toMatch(new RegExp(`^Chain broken at position ${seq}: `));
    await page.getByText('The server and your browser do not agree').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.position).toBe(seq);
  });

  it('is found out when it sends other rows than it stores', async () => {
    const { base, token, place } = await newDesk();
    const liar = await newLiar(base, (path, text) =>
      path === 'tenants/acme/log' ? text.replace('"id":"u-17"', '"id":"u-99"') : undefined,
    );
    const { page } = await open(liar);
    await signIn(page, await token('auditor'));
    expect(await check(page, 'server')).toMatch(/^Chain verified/);
    expect(await show(page, 'browser')).toMatch(/^Chain broken at position \d+: /);
    await page.getByText('The server and your browser do not agree').waitFor();
    // What the store holds is whole: it is the server that lies.
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it.each([
    ['leaves the newest entries out', (text: string) => text.split('\n').toSpliced(-6, 4).join('\n')],
    ['cuts the log short', (text: string) => text.slice(0, text.length >> 1)],
    [
      'sends another value under a commitment',
      (text: string) => text.replace('A digit was wrong.', 'A digit was good.'),
    ],
  ])('does not pass when it %s', async (_, change) => {
    const { base, token, place } = await newDesk();
    const liar = await newLiar(base, (path, text) =>
      path === 'tenants/acme/log' ? change(text) : undefined,
    );
    const { page } = await open(liar);
    await signIn(page, await token('auditor'));
    expect(await check(page, 'browser')).toMatch(/^Chain broken/);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it("does not pass with another tenant's whole log", async () => {
    const { base, token, place } = await newDesk();
    const own = await token('admin');
    const other = await fetch(`${base}api/v1/tenants/beta/log`, {
      headers: { authorization: `Bearer ${own}` },
    });
    const text = await other.text();
    const { page } = await open(
      await newLiar(base, (path) => (path === 'tenants/acme/log' ? text : undefined)),
    );
    await signIn(page, own);
    expect(await check(page, 'browser')).toMatch(/^Not verifiable: there is no log of tenant acme here/);
    expect(await page.locator('[data-tone=good]').count()).toBe(0);
    expect((await reports(place.location)).get('beta')?.status).toBe('valid');
  });

  it('does not pass with a log that was written anew, to a browser that has seen the one before', async () => {
    const [desk, other] = [await newDesk(), await newDesk()];
    const bearer = { authorization: `Bearer ${await other.token('admin')}` };
    const anew = await (await fetch(`${other.base}api/v1/tenants/acme/log`, { headers: bearer })).text();
    let lies = false;
    const liar = await newLiar(desk.base, (path) => (lies && path === 'tenants/acme/log' ? anew : undefined));
    const { page } = await open(liar);
    await signIn(page, await desk.token('auditor'));
    expect(await check(page, 'browser')).toMatch(/^Chain verified/);
    await page.getByText('This browser had nothing to compare with').waitFor();
    await page.reload();
    expect(await check(page, 'browser')).toMatch(/^Chain verified/);
    await page.getByText('The log still has the entry that was its last one then').waitFor();
    lies = true;
    expect(await check(page, 'browser')).toMatch(/^Chain broken at position \d+: .* noted as trusted$/);
    await page.getByText('A log only grows').waitFor();
    // Whoever set the log up anew says so, once.
    await page.getByRole('button', { name: 'forget what was noted' }).click();
    expect(await check(page, 'browser')).toMatch(/^Chain verified/);
    expect((await reports(other.place.location)).get('acme')?.status).toBe('valid');
  });

  it("cannot leave an entry out of a record's history", async () => {
    const { base, token, place } = await newDesk();
    const liar = await newLiar(base, (path, text) => {
      if (!/^tenants\/acme\/records\/contact\/c-104\?/.test(path)) return undefined;
      const page = JSON.parse(text);
      return JSON.stringify({ ...page, entries: page.entries.toSpliced(3, 1) });
    });
    const { page } = await open(liar);
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/records/contact/c-104');
    await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
    expect(await page.getByTestId('completeness').textContent()).toBe(
      'This page shows another history than the proof',
    );
    await page.getByText('is proved to touch the record, but is not shown').waitFor();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
