// @ts-check
// Writes docs/images/console-*.png: the day of the demo, in the service, in a real browser. `node scripts/screenshots.mjs`, after a
// build; CHROMIUM_PATH says where the browser is, if not at /usr/bin/chromium.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { crmDay } from '../packages/cli/dist/demo/day.js';
import { tamper } from '../packages/cli/dist/demo/tamper.js';
import { openTokens } from '../packages/service/dist/index.js';
import { serve } from '../packages/service/dist/node.js';
import { anchorTenant, Log, sealTenants } from '../packages/store/dist/index.js';
import { openSqliteStore } from '../packages/store/dist/sqlite/store.js';
import { root } from './bootstrap.mjs';

const TENANT = 'acme';
const MINUTE = 60_000;
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

const { CHROMIUM_PATH = '/usr/bin/chromium' } = process.env;

const images = join(root, 'docs/images');
mkdirSync(images, { recursive: true });
const directory = mkdtempSync(join(tmpdir(), 'sealtrail-screenshots-'));
const store = join(directory, 'audit.db');
await play(store);
const token = await makeToken(store);
const served = await serve({
  store,
  host: '127.0.0.1',
  port: 0,
  console: join(root, 'packages/console/dist'),
});
const base = `http://127.0.0.1:${served.port}/`;
const browser = await chromium.launch({
  executablePath: CHROMIUM_PATH,
  args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
});
try {
  const wide = await signedIn(WIDE);
  await check(wide);
  await shoot(wide, 'console-integrity-valid');
  await visit(wide, 'log?q=proposal:p-2');
  await wide.getByRole('button', { name: /Approved with changes/ }).click();
  await wide.getByText('The next entry records this content.').waitFor();
  await shoot(wide, 'console-log', 1_500);
  await visit(wide, 'records/contact/c-104');
  await wide.getByRole('button', { name: 'Prove that nothing is left out' }).click();
  await wide.getByTestId('completeness').waitFor();
  await shoot(wide, 'console-record', 1_340);
  await visit(wide, 'coaching');
  await wide.locator('.recharts-surface').first().waitFor();
  await shoot(wide, 'console-coaching', 1_270);
  const phone = await signedIn(PHONE, 'dark');
  await check(phone);
  await shoot(phone, 'console-phone');
  tamper(store);
  await visit(wide, 'integrity');
  await check(wide);
  await wide.getByRole('region', { name: /The stored text of entry/ }).waitFor();
  await shoot(wide, 'console-integrity-broken', 1_240);
} finally {
  await browser.close();
  await served.close();
  rmSync(directory, { recursive: true, force: true });
}

/**
 * The demo's day, spread over the hours before now, as the log's own clock would have had it.
 *
 * @param {string} location
 */
async function play(location) {
  let now = Date.now() - 9 * 60 * MINUTE;
  const opened = await openSqliteStore(location, { now: () => now });
  const log = new Log(opened);
  for (const [i, group] of crmDay().entries()) {
    now += (4 + ((i * 7) % 23)) * MINUTE;
    await log.appendAll(TENANT, group);
  }
  await anchorTenant(opened, TENANT, { maxSegment: 64 });
  now = Date.now() - 3 * MINUTE;
  await sealTenants(opened);
  await log.close();
  await opened.close();
}

/** @param {string} location */
async function makeToken(location) {
  const tokens = await openTokens(location);
  const expires = new Date(Date.now() + 60 * MINUTE).toISOString();
  try {
    return (
      await tokens.create({ name: 'Ada, compliance', role: 'admin', scope: { tenants: 'all' }, expires })
    ).text;
  } finally {
    await tokens.close();
  }
}

/**
 * @param {{ width: number, height: number }} viewport
 * @param {'light' | 'dark'} colorScheme
 */
async function signedIn(viewport, colorScheme = 'light') {
  const context = await browser.newContext({
    viewport,
    colorScheme,
    deviceScaleFactor: viewport === PHONE ? 2 : 1,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(`${base}#token=${token}`);
  await page.getByRole('heading', { name: 'Integrity' }).waitFor();
  return page;
}

/** @param {import('playwright-core').Page} page */
async function check(page) {
  await page.getByRole('button', { name: 'Check the log' }).click();
  await page.getByTestId('verdict').waitFor();
  await page.getByRole('button', { name: 'Check the log', disabled: false }).waitFor();
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} path
 */
async function visit(page, path) {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, `#/t/${TENANT}/${path}`);
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {number} [height] of what is shown, when it is more than a screen
 */
async function shoot(page, name, height) {
  const size = page.viewportSize() ?? WIDE;
  if (height !== undefined) await page.setViewportSize({ ...size, height });
  await page.mouse.move(0, 0);
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(images, `${name}.png`) });
  await page.setViewportSize(size);
  console.log(`docs/images/${name}.png`);
}
