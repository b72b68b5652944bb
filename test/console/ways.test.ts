import { readEvidence, verifyEvidence } from '@sealtrail/verifier';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

describeInBrowser('ways through the console', (open) => {
  it('from a count of what somebody changed to what it was', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('manager'));
    await visit(page, 't/acme/coaching?agent=sales-assistant');
    await page.getByRole('link', { name: '1 with changes by u-17, in the log' }).click();
    await page.getByText('agent:sales-assistant', { exact: true }).waitFor();
    await page.getByText('actor:user/u-17', { exact: true }).waitFor();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('button', { name: 'Approved with changes' }).click();
    await page.getByRole('table', { name: 'What was proposed and what was approved' }).waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('from an entry to everything of its run, and from there back to the log', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log?entry=1');
    await page.getByRole('link', { name: 't-1', exact: true }).click();
    await page.getByRole('heading', { name: 'Every entry' }).waitFor();
    await page.getByRole('list', { name: 'History' }).getByRole('link', { name: 'position 4' }).click();
    await page.getByRole('button', { name: 'Approved with changes', expanded: true }).waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('to what one agent did within some hours, in the reader’s own time', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base, { timezoneId: 'Asia/Tokyo' });
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log?q=agent:sales-assistant');
    await page.getByText(/^Positions \d/).waitFor();
    await page.getByLabel('From (Asia/Tokyo)').fill('2026-01-31T09:00');
    await page.getByLabel('Until (Asia/Tokyo)').fill('2026-01-31T10:00');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByLabel('Look for').inputValue()).toBe(
      'agent:sales-assistant since:2026-01-31T00:00Z until:2026-01-31T01:00Z',
    );
    await page.getByText('No entry fits').waitFor();
    await page.getByRole('button', { name: 'Remove until:2026-01-31T01:00Z' }).click();
    await page.getByText(/^Positions \d/).waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('to what is typed and what is chosen, both', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log');
    await page.getByText(/^Positions \d/).waitFor();
    const text = page.getByLabel('Look for');
    const outcome = page.getByLabel('Outcome', { exact: true });
    await text.fill('actor:user/u-17');
    await outcome.selectOption({ label: 'Edited' });
    await page.getByRole('button', { name: 'Remove outcome:edited' }).waitFor();
    expect(await text.inputValue()).toBe('actor:user/u-17 outcome:edited');
    await page.getByRole('button', { name: 'Remove actor:user/u-17' }).waitFor();
    // What cannot be meant is not looked for.
    await text.fill('nonsense');
    await outcome.selectOption({ label: 'Any' });
    await expect.poll(() => text.inputValue()).toBe('actor:user/u-17');
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('to a moment as exact as it was asked for, and past what is no moment', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base, { timezoneId: 'Europe/Berlin' });
    const { page } = watched;
    await signIn(page, await token('auditor'));
    const from = page.getByLabel('From (Europe/Berlin)');
    const text = page.getByLabel('Look for');
    await visit(page, 't/acme/log?q=since:2026-01-31T00:00:30Z');
    await expect.poll(() => from.inputValue()).toBe('2026-01-31T01:00:30');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText(/^Positions \d/).waitFor();
    // As it goes while a year is typed: of the first ones, zones were not of whole minutes.
    await from.fill('0002-01-31T09:00');
    expect(await from.inputValue()).toBe('0002-01-31T09:00');
    await from.fill('2026-01-31T09:00');
    await from.fill('12026-01-31T09:00');
    expect(await text.inputValue()).toBe('since:2026-01-31T08:00Z');
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('through a history, to what a person changed, personal values too', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/records/contact/c-104');
    const edited = page.getByRole('listitem').filter({ hasText: 'Approved with changes' });
    const changes = edited.locator('dl > div', { hasText: /^changes/ });
    await changes.waitFor();
    expect(await changes.locator('dt').allTextContents()).toEqual(['changes', 'note', 'phone']);
    expect(await changes.locator('dl dd').allTextContents()).toEqual(['newer', '+44 20 7946 0113']);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('to evidence with the sealed values, for who asks for them', async () => {
    const { base, token, place } = await newDesk();
    const { page } = await open(base);
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/records/contact/c-104');
    const names: string[] = [];
    const evidence = async (): Promise<string> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download evidence' }).click(),
      ]);
      names.push(download.suggestedFilename());
      const read = await readEvidence(await download.path());
      expect(verifyEvidence(read)).toMatchObject({ status: 'valid' });
      return JSON.stringify([...read.openings.values()]);
    };
    expect(await evidence()).not.toContain('A digit was wrong.');
    await page.getByLabel('With the sealed values').check();
    expect(await evidence()).toContain('A digit was wrong.');
    // Which of them may be handed on is seen without opening it.
    expect(names).toEqual(['acme-contact-c-104.evidence.gz', 'acme-contact-c-104.with-values.evidence.gz']);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
