import { expect, it } from 'vitest';
import { reports } from '../support/verified.ts';
import { describeInBrowser } from './helpers/browser.ts';
import { check, newDesk, signIn, visit } from './helpers/desk.ts';
import { newLiar } from './helpers/liar.ts';

/** Answers in which entries are told; the texts that their hashes are of come in others. */
const TOLD = /^tenants\/acme\/(entries\?|records\/contact\/c-104\?)/;

/** What an operator would like an auditor to read: another person, another reason, a value that is said to be gone. */
const LIES: readonly (readonly [string, (entry: Told) => Told, string])[] = [
  ['another person', (entry) => ({ ...entry, actor: { ...entry.actor, id: 'u-99' } }), 'actor'],
  ['another time', (entry) => ({ ...entry, time: '2020-01-01T00:00:00.000Z' }), 'time'],
  ['other data', (entry) => ({ ...entry, data: { ...entry.data, channel: 'phone' } }), 'data'],
];

interface Told {
  readonly type: string;
  readonly actor: object;
  readonly data: object;
  readonly values: Readonly<Record<string, unknown>>;
  readonly missing: readonly string[];
}

/** A server that tells one kind of entries otherwise, and sends their true texts, hashes and proofs. */
function lyingAbout(type: string, lie: (entry: Told) => Told) {
  return (path: string, text: string): string | undefined => {
    if (!TOLD.test(path)) return undefined;
    const page = JSON.parse(text) as { entries: Told[] };
    return JSON.stringify({
      ...page,
      entries: page.entries.map((one) => (one.type === type ? lie(one) : one)),
    });
  };
}

describeInBrowser('a server that tells something else of an entry than its text says', (open) => {
  const VALUES: typeof LIES = [
    [
      'another value',
      (entry) => ({ ...entry, values: { ...entry.values, reason: 'Nobody asked me.' } }),
      'reason',
    ],
    [
      'a value as gone',
      ({ values: { reason: _, ...values }, ...entry }) => ({ ...entry, values, missing: ['reason'] }),
      'reason',
    ],
  ];
  it.each([...LIES, ...VALUES])('is found out where the entry is opened: %s', async (_, lie, member) => {
    const { base, token, place } = await newDesk();
    const { page } = await open(await newLiar(base, lyingAbout('decision.edited_approved', lie)));
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log?q=outcome:edited');
    await page.getByRole('button', { name: 'Approved with changes' }).click();
    await page.getByText('The hash of its text is the recorded one.').waitFor();
    await page.getByText(`Shown otherwise than it says: ${member}.`).waitFor();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it.each(LIES)("is found out where a record's history is proved: %s", async (_, lie, member) => {
    const { base, token, place } = await newDesk();
    const { page } = await open(await newLiar(base, lyingAbout('decision.edited_approved', lie)));
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/records/contact/c-104');
    await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
    expect(await page.getByTestId('completeness').textContent()).toBe(
      'This page shows another history than the proof',
    );
    await page.getByText(new RegExp(`is shown otherwise than it was proved: ${member}\\.$`)).waitFor();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it.each(LIES)(
    'is found out in every row, unopened, once the browser has walked the log: %s',
    async (_, lie) => {
      const { base, token, place, size } = await newDesk();
      const { page } = await open(await newLiar(base, lyingAbout('decision.edited_approved', lie)));
      await signIn(page, await token('auditor'));
      expect(await check(page, 'browser')).toMatch(/^Chain verified/);
      await visit(page, 't/acme/log');
      const row = page.getByRole('row').filter({ hasText: 'Approved with changes' });
      await row.getByText('not as checked').waitFor();
      // And nothing is said of the others that is not so.
      expect(await page.getByText('not as checked').count()).toBe(1);
      expect(await page.getByText('verified', { exact: true }).count()).toBe(size - 1);
      await visit(page, 't/acme/records/contact/c-104');
      const item = page.getByRole('listitem').filter({ hasText: 'Approved with changes' });
      await item.getByText('your browser walked another entry').waitFor();
      expect(await page.getByText('your browser walked another entry').count()).toBe(1);
      expect((await reports(place.location)).get('acme')?.status).toBe('valid');
    },
  );

  it('is none where it tells what is there, and what a proof does not hold is said', async () => {
    const { base, token, place } = await newDesk();
    const { page } = await open(base);
    await signIn(page, await token('auditor'));
    await visit(page, 't/acme/log?q=outcome:edited');
    await page.getByRole('button', { name: 'Approved with changes' }).click();
    await page.getByText('What is shown of it is what it says.').waitFor();
    await visit(page, 't/acme/records/contact/c-104');
    await page.getByRole('button', { name: 'Prove that nothing is left out' }).click();
    expect(await page.getByTestId('completeness').textContent()).toMatch(/^Complete: /);
    await page.getByText('the sealed values shown below').waitFor();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
