import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { approved, BULK, LIFE, proposed, targets } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

describeInBrowser('coaching', (open) => {
  it('shows no counts of another question while it waits for those that were asked for', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await visit(page, 't/acme/coaching');
    const short = page.getByRole('region', { name: 'In short' });
    await short.waitFor();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/coaching?*', async (route) => {
      await released;
      await route.continue();
    });
    await page.route('**/beta/coaching', async (route) => {
      await released;
      await route.continue();
    });
    await page.getByLabel('Proposals of').selectOption('The last 7 days');
    await page.getByText('Counting…').waitFor();
    expect(await short.count()).toBe(0);
    await page.getByLabel('Tenant', { exact: true }).selectOption('beta');
    await page.waitForURL(/#\/t\/beta\/coaching/);
    await page.getByText('Counting…').waitFor();
    expect(await short.count()).toBe(0);
    release();
    await short.waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('leaves nothing out unsaid: persons, fields, proposals without a confidence', async () => {
    const many = Array.from({ length: 205 }, (_, i) => {
      const actor = { type: 'user', id: `u-${1_000 + i}`, auth_method: 'sso' } as const;
      return [proposed(`m-${i}`, { confidence: null }), approved(`m-${i}`, { actor, targets })];
    }).flat();
    const { base, token, place } = await newDesk({ drafts: [...LIFE, ...BULK, ...many] });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await visit(page, 't/acme/coaching');
    // One of some two hundred is not none.
    await page
      .getByRole('region', { name: 'In short' })
      .getByText('less than 1 %', { exact: true })
      .waitFor();
    await page.getByText('The first 200 of 207.').waitFor();
    const confidence = page.getByRole('region', { name: 'By confidence' });
    await confidence.getByText('Show the numbers').first().click();
    const none = confidence.getByRole('row', { name: /^none given/ });
    expect(await none.getByRole('cell').first().textContent()).toBe('205');
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('says which part of its address means nothing, and which period it counts', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    for (const [path, part] of [
      ['coaching?days=-5', 'days=-5'],
      ['coaching?days=0&agent=x', 'days=0'],
      ['coaching?since=2026-11-01', 'since=2026-11-01'],
      ['incident?trace=t-1&conversation=c-1', 'trace=t-1'],
    ] as const) {
      await visit(page, `t/acme/${path}`);
      await page.getByText(`What is shown is without “${part}”.`).waitFor();
    }
    // Nor does a period that is in no list pass for all of the log.
    await visit(page, 't/acme/coaching?days=45');
    const period = page.getByLabel('Proposals of');
    await expect.poll(() => period.inputValue()).toBe('45');
    expect(await page.getByText('means nothing here').count()).toBe(0);
    await period.selectOption('');
    await page.waitForURL(/coaching$/);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
