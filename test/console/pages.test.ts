import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { check, type Desk, newDesk, signIn, tamper, visit } from './helpers/desk.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Each page, and what is there once it has everything. */
const PAGES: readonly [path: string, ready: (page: Page) => Promise<unknown>][] = [
  ['t/acme/integrity', (page) => page.getByText('Past checks by the server').waitFor()],
  [
    't/acme/log?q=outcome:edited',
    async (page) => {
      await page.getByRole('button', { name: 'Approved with changes' }).click();
      await page.getByText('The next entry records this content.').waitFor();
    },
  ],
  ['t/acme/log', (page) => page.getByText('Positions 0 to').waitFor()],
  ['t/acme/records', (page) => page.getByLabel('Its id').waitFor()],
  [
    't/acme/records/contact/c-104',
    async (page) => {
      await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
      await page.getByTestId('completeness').waitFor();
    },
  ],
  [
    't/acme/records/contact/nobody',
    (page) => page.getByText('The log has nothing about this record').waitFor(),
  ],
  [
    't/acme/coaching',
    async (page) => {
      await page.locator('.recharts-surface').first().waitFor();
      await page.getByText('Show the numbers').first().click();
    },
  ],
  ['t/acme/incident', (page) => page.getByText('Which run, which conversation?').waitFor()],
  [
    't/acme/incident?trace=t-2',
    (page) => page.getByText('Approved in bulk with little confidence').waitFor(),
  ],
  ['t/nope/log', (page) => page.getByText('There is no log of this tenant').waitFor()],
  ['access', (page) => page.getByText('in force').first().waitFor()],
];

describeInBrowser('every page', (open) => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await newDesk();
  });

  it.each(['light', 'dark'] as const)('is accessible in %s', async (colorScheme) => {
    const { base, token, place } = desk;
    const { page } = await open(base, { colorScheme, bypassCSP: true });
    await page.getByLabel('Access token').waitFor();
    expect(await violations(page)).toEqual([]);
    await signIn(page, await token('admin'));
    for (const [path, ready] of PAGES) {
      await visit(page, path);
      await ready(page);
      expect({ path, found: await violations(page) }).toEqual({ path, found: [] });
    }
    await page.getByRole('button', { name: 'Give access' }).click();
    await page.getByLabel('For whom, or for what').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await visit(page, 't/acme/integrity');
    await check(page);
    expect(await violations(page)).toEqual([]);
    const seq = tamper(place.location, 'p-1:decision', '"id":"u-17"', '"id":"u-18"');
    await check(page);
    await page.getByRole('region', { name: `The stored text of entry ${seq}` }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect((await reports(place.location)).get('acme')?.position).toBe(seq);
  });

  it('has a colour at once for who asked for less motion', async () => {
    const { base, token, place } = await newDesk();
    const { page } = await open(base, { reducedMotion: 'reduce', colorScheme: 'light' });
    await signIn(page, await token('auditor'));
    await page.getByText('Past checks by the server').waitFor();
    // A transition of any length is one of every element that inherits from another one, each a frame after the one above it.
    const dark = await page.evaluate<string[]>(`(() => {
      document.documentElement.setAttribute('data-mantine-color-scheme', 'dark');
      return [...document.querySelectorAll('h1, h1 *')].map((one) => getComputedStyle(one).color);
    })()`);
    expect(new Set(dark)).toEqual(new Set(['rgb(223, 226, 234)']));
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('fits a phone, or 1,280 pixels at 400 %, keeps to its policy, and asks nobody else for anything', async () => {
    const { base, token, place } = desk;
    const watched = await open(base, { viewport: { width: 320, height: 640 }, hasTouch: true });
    const { page } = watched;
    const width = () => page.evaluate<number>('document.documentElement.scrollWidth');
    await page.getByLabel('Access token').fill(await token('admin'));
    expect(await width()).toBe(320);
    await page.getByRole('button', { name: 'Sign in' }).click();
    for (const [path, ready] of PAGES) {
      await page.getByRole('button', { name: 'Menu' }).waitFor();
      await visit(page, path);
      await ready(page);
      expect({ path, width: await width() }).toEqual({ path, width: 320 });
    }
    await visit(page, 't/acme/integrity');
    await check(page);
    expect(await width()).toBe(320);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Log', exact: true }).click();
    await page.getByRole('heading', { name: 'Log' }).waitFor();
    // What it shows is an entry of the access log, which must not come while that is verified.
    await page.getByText('Positions 0 to').waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('is there under any path of a host, and the keyboard goes along', async () => {
    const { base, token, place } = await newDesk({ path: '/crm/audit' });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    expect(await check(page, 'browser')).toMatch(/^Chain verified/);
    await page.reload();
    await page.getByRole('heading', { name: 'Integrity' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    // A new page takes the focus to its heading, and names the tab.
    await page.getByRole('link', { name: 'Incident' }).press('Enter');
    await expect.poll(() => page.title()).toBe('Incident · Sealtrail');
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});

interface AxeNode {
  readonly target: unknown;
  readonly failureSummary: string;
}

/** What axe finds wrong with what is shown now. */
async function violations(page: Page): Promise<object[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ violations: { id: string; nodes: AxeNode[] }[] }>(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`,
  );
  return found.violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.slice(0, 3).map(({ target, failureSummary }) => ({ target, failureSummary })),
  }));
}
