import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { approved, proposed, targets, tom } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { newDesk, signIn, visit } from './helpers/desk.ts';
import { newLiar } from './helpers/liar.ts';

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

  it('of which the service puts proposals together otherwise than their entries say is found out', async () => {
    const drafts = [
      proposed('p-1', { trace_id: 't-9', confidence: 0.4 }),
      approved('p-1', { actor: tom, targets, batch: { id: 'b-1', size: 3 } }),
      proposed('p-2', { trace_id: 't-9' }),
      proposed('p-3', { trace_id: 't-9' }),
      approved('p-3', { actor: tom, targets }),
      proposed('p-4', { trace_id: 't-9' }),
    ];
    const { base, token, place } = await newDesk({ drafts });
    const text = await token('auditor');
    const lies: Readonly<Record<string, (proposals: Told) => void>> = {
      nothing: () => {},
      'as if it were confident': ({ 'p-1': one }) =>
        Object.assign(one, { confidence: 0.9, low_confidence_bulk: false }),
      'as if nobody had been many': ({ 'p-1': one }) => Object.assign(one, { mode: 'single' }),
      'another person': ({ 'p-1': one }) => Object.assign(one, { approver: { type: 'user', id: 'u-99' } }),
      'another reason': ({ 'p-1': one }) => Object.assign(one, { rationale: 'She asked for it.' }),
    };
    for (const [lie, change] of Object.entries(lies)) {
      const watched = await open(
        await newLiar(base, (path, answer) => {
          if (!path.startsWith('tenants/acme/incident?')) return undefined;
          const body = JSON.parse(answer);
          change(body.proposals);
          if (lie !== 'nothing') body.proposals['p-4'] = undefined;
          body.entries = body.entries.filter(({ id }: { id: string }) => id !== 'p-3:decision');
          return JSON.stringify(body);
        }),
      );
      const { page } = watched;
      await signIn(page, text);
      await visit(page, 't/acme/incident?trace=t-9');
      const rows = page.getByRole('region', { name: 'Proposals of this incident' }).getByRole('row');
      await rows.first().waitFor();
      expect([lie, await rows.filter({ hasText: 'not as below' }).count()]).toEqual([
        lie,
        lie === 'nothing' ? 0 : 1,
      ]);
      if (lie !== 'nothing') {
        await rows.filter({ hasText: 'not as below' }).getByText('p-1', { exact: true }).waitFor();
        await page.getByText('The service leaves out what is proposed below: p-4').waitFor();
      }
      // Its decision is not among the entries.
      expect(await rows.filter({ hasText: 'not checked' }).allTextContents()).toEqual([
        expect.stringMatching(/^p-3/),
      ]);
      expectQuiet(watched);
    }
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});

type Told = Readonly<Record<'p-1', object>>;
