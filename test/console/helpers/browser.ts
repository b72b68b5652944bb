import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const found = PLACES.find(existsSync);
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What a page did while a test looked at it. */
export interface Watched {
  readonly page: Page;
  /** What the page's own policy forbade, and errors that nobody caught. */
  readonly faults: string[];
  /** Addresses that are not the service's. */
  readonly outside: string[];
}

interface Opening extends BrowserContextOptions {
  /** Lets the test put a script into the page, which the page's policy forbids. */
  readonly bypassCSP?: boolean;
}

export type OpenPage = (base: string, options?: Opening) => Promise<Watched>;

/**
 * A suite in a real browser. Without one it is skipped, and says so; where tests decide (`CI`), that is a failure.
 *
 * @param suite is given what opens a page in a context of its own
 */
export function describeInBrowser(name: string, suite: (open: OpenPage) => void): void {
  if (found === undefined && !process.env['CI']) {
    console.warn(
      `SKIPPED, no chromium at ${PLACES.join(' or ')}: ${name}. On Debian: apt-get install chromium`,
    );
    describe.skip(name, () => suite(async () => Promise.reject(new Error('no browser'))));
    return;
  }
  describe(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      if (found === undefined) throw new Error(`there is no chromium at ${PLACES.join(' or ')}`);
      browser = await chromium.launch({ executablePath: found, args: ARGS });
    });
    afterAll(() => browser?.close());
    suite((base, options) => openPage(browser, base, options));
  });
}

async function openPage(browser: Browser, base: string, options: Opening = {}): Promise<Watched> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  const outside: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/.test(message.text()))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== new URL(base).origin) outside.push(request.url());
  });
  await page.goto(base);
  return { page, faults, outside };
}

/** The page asked nobody else for anything, broke no rule of its own and threw nothing. */
export function expectQuiet({ faults, outside }: Watched): void {
  expect(faults).toEqual([]);
  expect(outside).toEqual([]);
}
