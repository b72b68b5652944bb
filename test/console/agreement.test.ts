import { anchorTenant, Log, sealTenants } from '@sealtrail/store';
import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { approved, proposed, targets } from '../views/story.ts';
import { describeInBrowser, expectQuiet } from './helpers/browser.ts';
import { check, type Desk, newDesk, signIn, visit } from './helpers/desk.ts';
import { newLiar } from './helpers/liar.ts';

const ALERT = 'The server and your browser do not agree';

const logOf = async ({ base, token }: Desk): Promise<string> => {
  const authorization = `Bearer ${await token('admin')}`;
  return (await fetch(`${base}api/v1/tenants/acme/log`, { headers: { authorization } })).text();
};

describeInBrowser('two checks that both say valid', (open) => {
  it('do not agree where they ended with other entries: the browser was sent another log', async () => {
    const [desk, other] = [await newDesk(), await newDesk()];
    const anew = await logOf(other);
    const { page } = await open(
      await newLiar(desk.base, (path) => (path === 'tenants/acme/log' ? anew : undefined)),
    );
    await signIn(page, await desk.token('auditor'));
    expect(await check(page, 'browser')).toMatch(/^Chain verified/);
    await page.getByText('Checked by the server: valid').waitFor();
    const alert = page.getByRole('alert').filter({ hasText: ALERT });
    await alert.getByText(`Both ended at position ${desk.size - 1}, with different entries.`).waitFor();
    expect((await reports(desk.place.location)).get('acme')?.status).toBe('valid');
  });

  it('do not agree where the browser was sent less than there was: the log as it was before', async () => {
    const desk = await newDesk();
    const before = await logOf(desk);
    const log = new Log(await desk.place.open());
    await log.appendAll('acme', [proposed('p-8', { targets }), approved('p-8')]);
    await log.close();
    let lies = true;
    const { page } = await open(
      await newLiar(desk.base, (path) => (lies && path === 'tenants/acme/log' ? before : undefined)),
    );
    await signIn(page, await desk.token('auditor'));
    expect(await check(page, 'browser')).toMatch(/^Chain verified/);
    const alert = page.getByRole('alert').filter({ hasText: ALERT });
    await alert
      .getByText(
        `Your browser was sent the log up to position ${desk.size - 1}; it had reached position ${desk.size + 1} before.`,
      )
      .waitFor();
    lies = false;
    expect(await check(page, 'browser')).toMatch(/^Chain verified/);
    expect(await page.getByText(ALERT).count()).toBe(0);
    expect((await reports(desk.place.location)).get('acme')?.status).toBe('valid');
  });
});

describeInBrowser("a record's history that grew while it was looked at", (open) => {
  it('is shown up to what is proved, and is no other one than the proof has', async () => {
    const { base, token, place } = await newDesk();
    const watched = await open(base);
    const { page } = watched;
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/records/contact/c-104');
    const items = page.getByRole('list', { name: 'History' }).getByRole('listitem');
    await items.first().waitFor();
    const shown = await items.count();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll('acme', [proposed('p-8', { targets }), approved('p-8')]);
    await anchorTenant(store, 'acme', { maxSegment: 16 });
    await sealTenants(store);
    await log.close();
    await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
    expect(await page.getByTestId('completeness').textContent()).toMatch(
      new RegExp(`^Complete: ${shown + 2} entries touch this record`),
    );
    expect(await items.count()).toBe(shown + 2);
    expectQuiet(watched);
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
