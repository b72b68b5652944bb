import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { approved, proposed, targets, tom } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';

describeInBrowser('an incident', (open) => {
  it('of which not all is shown yet says so of whatever it says, and a share is not rounded to another one', async () => {
    const drafts = [
      ...Array.from({ length: 110 }, (_, i) => proposed(`p-${i}`, { trace_id: 't-9' })),
      proposed('q-1', { trace_id: 't-9', confidence: 0.4999 }),
      approved('q-1', { actor: tom, targets, batch: { id: 'b-1', size: 3 } }),
    ];
    const { base, token, place } = await newDesk({ drafts });
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/incident?trace=t-9');
    const part = page.getByText('There is more: what is said below is of the first 100 entries.');
    await part.waitFor();
    expect(await page.getByText('Approved in bulk with little confidence').count()).toBe(0);
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('Approved in bulk with little confidence').waitFor();
    expect(await part.count()).toBe(0);
    const row = page.getByRole('row', { name: /^q-1 / });
    await row.getByRole('cell', { name: '49.99 %', exact: true }).waitFor();
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
