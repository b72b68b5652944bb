import { openTokens } from '@sealtrail/service';
import { serve } from '@sealtrail/service/node';
import { openViews, type Views } from '@sealtrail/views';
import type { Bed } from './beds/bed.ts';
import { fill, TENANT } from './data.ts';
import { type Figure, inTurn, percentile, type Round, rate } from './measure.ts';

export interface ServeOptions {
  readonly entries: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** Pages that are asked for in one round, one after the other. */
const PAGES = 100;
const PAGE = 50;

/** The first page of a log over HTTP, with its entry in the access log, against the same page from the views alone. */
export async function benchServe(bed: Bed, { entries, rounds, say }: ServeOptions): Promise<Figure[]> {
  const size = entries.toLocaleString('en-US');
  say(`serve, ${bed.name}: writing ${size} entries`);
  const { store, location, drop } = await bed.fresh();
  await fill(store, entries - 1);
  const token = await adminToken(location);
  const limits = { requests: 1_000_000 };
  const server = await serve({ store: location, host: '127.0.0.1', port: 0, console: false, limits });
  const api = `http://127.0.0.1:${server.port}/api/v1/tenants/${TENANT}`;
  const headers = { authorization: `Bearer ${token}` };
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${api}${path}`, { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  };
  say(`serve, ${bed.name}: building the index of ${size} entries`);
  const built = await rate(entries, () => get('/entries?limit=1'));
  say(`serve, ${bed.name}, ${size} entries`);
  const views = await openViews({ store: location });
  const figures: Figure[] = [];
  const figure = async (
    name: string,
    path: string,
    alone: (views: Views) => Promise<unknown>,
    more: Figure['notes'] = {},
  ) => {
    const times: number[] = [];
    const measured = await inTurn(
      rounds,
      timed(times, () => get(path)),
      {
        'the views alone': timed([], () => alone(views)),
      },
    );
    const notes = { 'p50 ms': percentile(times, 0.5), 'p99 ms': percentile(times, 0.99), ...more };
    figures.push({ part: 'serve', store: bed.name, name, unit: 'pages', ...measured, notes });
  };
  await figure(
    `first page of ${size}`,
    `/entries?limit=${PAGE}`,
    (one) => one.entries(TENANT, {}, { limit: PAGE }),
    { 'index built, entries a second': Math.round(built) },
  );
  await figure(
    `one person's decisions of ${size}`,
    `/entries?limit=${PAGE}&actor.type=user&actor.id=u-7&type=decision.approved`,
    (one) =>
      one.entries(TENANT, { actor: { type: 'user', id: 'u-7' }, type: 'decision.approved' }, { limit: PAGE }),
  );
  const verifying = keepVerifying(api, headers);
  await figure(`first page of ${size}, meanwhile verified`, `/entries?limit=${PAGE}`, (one) =>
    one.entries(TENANT, {}, { limit: PAGE }),
  );
  await verifying.stop();
  await views.close();
  await server.close();
  await drop();
  return figures;
}

/** A round of pages; how long each took goes into `times` when the round counts. */
function timed(times: number[], ask: () => Promise<unknown>): Round {
  return (counted) =>
    rate(PAGES, async () => {
      for (let i = 0; i < PAGES; i++) {
        const start = performance.now();
        await ask();
        if (counted) times.push(performance.now() - start);
      }
    });
}

async function adminToken(location: string): Promise<string> {
  const tokens = await openTokens(location);
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const { text } = await tokens.create({ name: 'bench', role: 'admin', scope: { tenants: 'all' }, expires });
  await tokens.close();
  return text;
}

/** Keeps one verification of the log under way. */
function keepVerifying(api: string, headers: Record<string, string>): { stop(): Promise<void> } {
  let going = true;
  const work = (async () => {
    while (going) {
      const body = '{}';
      const sent = { ...headers, 'content-type': 'application/json' };
      await (await fetch(`${api}/verifications`, { method: 'POST', headers: sent, body })).text();
      await new Promise((resume) => setTimeout(resume, 20));
    }
  })();
  return {
    stop: async () => {
      going = false;
      await work;
    },
  };
}
