import Database from 'libsql';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { proposed } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { check, newDesk, signIn, visit } from './helpers/desk.ts';
import { newLiar } from './helpers/liar.ts';

/** Nobody answers what is asked there. @returns what has the later questions answered */
async function keepSilent(page: Page, where: string): Promise<() => void> {
  let isSilent = true;
  await page.route(where, (route) => (isSilent ? undefined : route.continue()));
  return () => {
    isSilent = false;
  };
}

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

  it('a question that nobody answers is said to be waiting, and can be asked again', async () => {
    const drafts = Array.from({ length: 70 }, (_, i) => proposed(`p-${i}`));
    const { base, token, place } = await newDesk({ drafts });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await page.getByText('Past checks by the server').waitFor();
    await page.clock.install();
    const waiting = page.getByText('This takes longer than usual');
    const again = page.getByRole('button', { name: 'Ask again' });
    // What may take long, over a large log, is not given up.
    for (const [path, what, there] of [
      ['t/acme/coaching?days=7', '**/coaching?*', 'Decided by a person'],
      ['t/acme/records/contact/c-104', '**/records/contact/c-104?*', 'Is it complete?'],
      ['t/acme/incident?trace=t-1', '**/incident?*', 'What happened when'],
      ['t/acme/log', '**/entries?*', 'Positions 21 to 70'],
    ] as const) {
      const answer = await keepSilent(page, what);
      await visit(page, path);
      await page.getByRole('status').filter({ hasText: '…' }).waitFor();
      expect(await waiting.count()).toBe(0);
      await page.clock.fastForward(20_000);
      await waiting.waitFor();
      await page.clock.fastForward(600_000);
      expect(await waiting.count()).toBe(1);
      answer();
      await again.click();
      await page.getByText(there).first().waitFor();
    }
    const answer = await keepSilent(page, '**/entries?*');
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByText('Reading the next page…').waitFor();
    await page.clock.fastForward(20_000);
    answer();
    await again.click();
    await page.getByText('Positions 0 to 20').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('a question whose answer takes no time is given up after a while', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await page.clock.install();
    const answer = await keepSilent(page, '**/api/v1/tokens');
    await signIn(page, await token('admin'));
    await visit(page, 'access');
    await page.getByText('Reading the tokens…').waitFor();
    await page.clock.fastForward(70_000);
    await page.getByRole('alert').getByText('The service does not answer').waitFor();
    answer();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('row', { name: /a admin/ }).waitFor();
    // Nor does what somebody does there hang for ever.
    await keepSilent(page, '**/api/v1/tokens/*');
    await page.getByRole('button', { name: 'Revoke the access of a admin' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.clock.fastForward(70_000);
    await page.getByRole('alert').getByText('The service does not answer').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('a download that nobody answers can be given up, and is after a while', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await page.clock.install();
    const active = () => page.evaluate('document.activeElement.textContent');
    const cancel = page.getByRole('button', { name: 'Cancel' });
    for (const [path, what, button, there] of [
      ['t/acme/records/contact/c-104', '**/evidence*', 'Download evidence', 'The evidence was downloaded.'],
      ['t/acme/records/contact/c-104', '**/proof', 'Prove that nothing is left out', 'Complete: '],
      [
        't/acme/log?entry=1',
        '**/proof',
        'Download the proof of this entry',
        'Whoever gets the file can check it',
      ],
    ] as const) {
      await visit(page, path);
      const answer = await keepSilent(page, what);
      const download = page.getByRole('button', { name: button });
      await download.focus();
      await page.keyboard.press('Enter');
      await cancel.waitFor();
      await page.keyboard.press('Tab');
      expect(await active()).toBe('Cancel');
      await page.keyboard.press('Enter');
      await expect.poll(active).toBe(button);
      expect(await cancel.count()).toBe(0);
      expect(await page.getByRole('alert').count()).toBe(0);
      await page.keyboard.press('Enter');
      await cancel.waitFor();
      await page.keyboard.press('Tab');
      await page.clock.fastForward(599_000);
      expect(await page.getByRole('alert').count()).toBe(0);
      await page.clock.fastForward(2_000);
      await page.getByRole('alert').getByText('The service does not answer').waitFor();
      await expect.poll(active).toMatch(button);
      answer();
      await page.keyboard.press('Enter');
      await page.getByText(there).waitFor();
    }
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('a log of which nothing more comes is given up by the browser, which says how far it came', async () => {
    const drafts = Array.from({ length: 6_000 }, (_, i) => proposed(`p-${i}`));
    const { base, token, place } = await newDesk({ drafts });
    const cut = (text: string) => ({ only: text.split('\n').slice(0, -20).join('\n') });
    const liar = await newLiar(base, (path, text) => (path === 'tenants/acme/log' ? cut(text) : undefined));
    const watched = await open(liar);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await page.getByText('Past checks by the server').waitFor();
    await page.clock.install();
    await page.getByText('Checked in your browser').click();
    await page.getByRole('button', { name: 'Check in this browser' }).click();
    const came = page.getByText(/^5,\d{3}.* entries walked, up to/);
    await came.waitFor();
    await page.clock.fastForward(599_000);
    expect(await came.count()).toBe(1);
    await page.clock.fastForward(2_000);
    await page.getByRole('alert').getByText('Nothing more of the log has come for 10 minutes').waitFor();
    await page.getByText(/^Before that: 5,\d{3}.* entries walked, up to/).waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('a check whose events do not come is asked about', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await page.getByText('Past checks by the server').waitFor();
    await page.clock.install();
    await keepSilent(page, '**/verifications/*/events');
    await page.getByRole('button', { name: 'Check the log' }).click();
    await page.getByText('Checked in your browser: valid').waitFor();
    await page.clock.fastForward(40_000);
    await page.getByText('Checked by the server: valid').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('past checks that cannot be had are not said to be none', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await page.route('**/verifications', (route) =>
      route.fulfill({ status: 500, json: { error: { code: 'store_layout', message: 'no' } } }),
    );
    await signIn(page, await token('manager'));
    await page.getByRole('alert').getByText('The service has trouble').waitFor();
    expect(await page.getByText('None yet').count()).toBe(0);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('past checks beside a damaged one are shown, and none of them took less than no time', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    for (let i = 0; i < 2; i++) await check(page);
    const db = new Database(`${place.location}.service`);
    const [last, first] = db.prepare('SELECT id FROM runs ORDER BY started DESC').all() as { id: string }[];
    db.prepare("UPDATE runs SET row = '{' WHERE id = ?").run(last?.id);
    const back = "UPDATE runs SET row = json_set(row, '$.finished', '2020-01-01T00:00:00.000Z') WHERE id = ?";
    db.prepare(back).run(first?.id);
    db.close();
    await page.reload();
    await page.getByText('1 check cannot be read').waitFor();
    await page.getByText('The last check that can be read, of').waitFor();
    await page
      .getByRole('row', { name: 'valid then' })
      .getByText('not known: the clock was put back')
      .waitFor();
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

  it('asks the service of its own machine when there is no network, and says so when nobody answers', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('admin'));
    await page.evaluate("dispatchEvent(new Event('offline'))");
    await visit(page, 't/acme/log');
    await page.getByText(/^Positions 0 to/).waitFor();
    await visit(page, 't/acme/integrity');
    expect(await check(page)).toMatch(/^Chain verified/);
    await page.context().setOffline(true);
    await visit(page, 't/acme/coaching');
    await page.getByText('The service does not answer').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
