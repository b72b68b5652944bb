import Database from 'libsql';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { check, newDesk, signIn, visit } from './helpers/desk.ts';

describeInBrowser('who may see what', (open) => {
  it("an auditor's link opens its tenant and nothing else, until it is revoked", async () => {
    const { base, token, place } = await newDesk();
    const admin = await open(base);
    await signIn(admin.page, await token('admin'));
    await admin.page.getByRole('link', { name: 'Access' }).click();
    await admin.page.getByRole('button', { name: 'Give access' }).click();
    const form = admin.page.getByRole('dialog');
    await form.getByLabel('For whom, or for what').fill('External audit');
    await form.getByLabel('Which logs').selectOption({ label: 'Only acme' });
    await form.getByRole('button', { name: 'Give access' }).click();
    const link = (await form.getByTestId('secret').first().textContent()) ?? '';
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=st_/);
    await form.getByRole('button', { name: 'Done' }).click();

    const auditor = await open(link);
    await auditor.page.getByRole('heading', { name: 'Integrity' }).waitFor();
    // The token is out of the address, and no script can read the cookie.
    expect(auditor.page.url()).not.toContain('token');
    expect(await auditor.page.evaluate('document.cookie')).toBe('');
    expect(await check(auditor.page)).toMatch(/^Chain verified/);
    const tenants = auditor.page.getByLabel('Tenant');
    expect(await tenants.locator('option').allInnerTexts()).toEqual(['acme']);
    const pages = auditor.page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    expect(await pages.allInnerTexts()).toEqual(['Integrity', 'Log', 'Record history', 'Incident']);
    await visit(auditor.page, 't/beta/log');
    await auditor.page.getByText('There is no log of this tenant').waitFor();
    await visit(auditor.page, 'access');
    await auditor.page.getByText('Your access does not include this').waitFor();
    await visit(auditor.page, 't/acme/coaching');
    await auditor.page.getByText('Your access does not include this').waitFor();

    await admin.page.getByRole('button', { name: 'Revoke the access of External audit' }).click();
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await admin.page
      .getByRole('row', { name: /External audit/ })
      .getByText('revoked')
      .waitFor();
    await auditor.page.reload();
    await auditor.page.getByLabel('Access token').waitFor();
    await open(link).then(({ page }) => page.getByText('That did not work').waitFor());
    expectQuiet(admin);
    expectQuiet(auditor);
    // What everybody looked at is in a log of its own, and whole.
    const found = await reports(place.location);
    expect(found.get('~access')?.status).toBe('valid');
    expect(found.get('~access')?.walked).toBeGreaterThan(5);
  });

  it('is what the form says: half a record is not the whole log, and a record that it hides is not meant', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    await visit(page, 'access');
    await page.getByRole('button', { name: 'Give access' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('For whom, or for what').fill('Outside');
    await form.getByLabel('Which logs').selectOption({ label: 'Only acme' });
    await form.getByLabel('Only one record: its type').fill('contact');
    await form.getByLabel('Its id').fill('  ');
    await form.getByRole('button', { name: 'Give access' }).click();
    await form.getByText('The service refused').or(form.getByTestId('secret')).first().waitFor();
    expect(await form.getByTestId('secret').count()).toBe(0);
    await form.getByLabel('Its id').fill('c-104');
    await form.getByLabel('manager').check();
    await form.getByRole('button', { name: 'Give access' }).click();
    await form.getByRole('button', { name: 'Done' }).click();
    const row = page.getByRole('row', { name: /Outside/ });
    await row.getByRole('cell', { name: 'acme', exact: true }).waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('tokens beside a damaged one are shown, and that it is, until that one is revoked', async () => {
    const { base, token, place } = await newDesk();
    const mine = await token('admin');
    await token('auditor');
    const id = mine.slice(3, 19);
    const db = new Database(`${place.location}.service`);
    const { changes } = db.prepare("UPDATE tokens SET row = '{' WHERE id != ?").run(id);
    db.close();
    expect(changes).toBe(1);
    const watched = await open(base);
    await signIn(watched.page, mine);
    await visit(watched.page, 'access');
    await watched.page.getByRole('row', { name: /a admin/ }).waitFor();
    const notice = watched.page.getByText('1 token cannot be read');
    await notice.waitFor();
    await watched.page.getByRole('button', { name: /^Revoke [0-9a-f]{16}$/ }).click();
    await watched.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await notice.waitFor({ state: 'detached' });
    // The button is gone, and the keyboard goes on from somewhere.
    await expect.poll(() => watched.page.evaluate('document.activeElement.tagName')).toBe('H1');
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('whose access is revoked is asked with the whole name', async () => {
    const { base, token, place } = await newDesk();
    const mine = await token('admin');
    const name = `auditor-${'x'.repeat(200)}`;
    const { status } = await fetch(`${base}api/v1/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mine}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name,
        role: 'auditor',
        scope: { tenants: ['acme'] },
        expires: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    });
    expect(status).toBe(201);
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, mine);
    await visit(page, 'access');
    await page.getByRole('button', { name: `Revoke the access of ${name}` }).click();
    const dialog = page.getByRole('dialog');
    const question = dialog.getByText(name);
    await question.waitFor();
    const [within, around] = [await question.boundingBox(), await dialog.boundingBox()];
    expect(within?.width).toBeLessThan(around?.width ?? 0);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('a link to one record opens that record, and can prove its history', async () => {
    const { base, token, place } = await newDesk();
    const text = await token('auditor', { tenants: ['acme'], record: { type: 'contact', id: 'c-104' } });
    const watched = await open(`${base}#token=${text}`);
    const { page } = watched;
    await page.getByRole('heading', { name: 'contact c-104' }).waitFor();
    const pages = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    expect(await pages.allInnerTexts()).toEqual(['Record history']);
    await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
    expect(await page.getByTestId('completeness').textContent()).toMatch(/^Complete: /);
    await visit(page, 't/acme/records/contact/c-1');
    await page.getByText('Nothing is here').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('a wrong token is refused in plain words', async () => {
    const { base } = await newDesk();
    const { page } = await open(base);
    await page.getByLabel('Access token').fill('st_0000000000000000_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token or link is not known here').waitFor();
    expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(0);
  });
});
