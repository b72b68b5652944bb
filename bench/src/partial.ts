import { DEFAULT_SEGMENT_ENTRIES } from '@sealtrail/format';
import { type Figure, inTurn } from './measure.ts';
import { runTask } from './tasks.ts';

const CHOSEN = 4;

/** Numbers of the anchors that are chosen: spread over the whole log, the first and the newest among them. */
export function chosenSegments(entries: number): number[] {
  const last = Math.ceil(entries / DEFAULT_SEGMENT_ENTRIES) - 1;
  const all = Array.from({ length: CHOSEN }, (_, i) => Math.floor((last * i) / (CHOSEN - 1)));
  return [...new Set(all)];
}

/** Verification of a few segments and of the whole chain of anchors, against verifying the whole log. */
export async function benchPartial(
  store: string,
  location: string,
  options: { readonly entries: number; readonly rounds: number; readonly say: (line: string) => void },
): Promise<Figure> {
  const { entries } = options;
  const size = entries.toLocaleString('en-US');
  options.say(`partial, ${store}, ${size} entries`);
  let [walked, peakMb] = [0, 0];
  const measured = await inTurn(
    options.rounds,
    async () => {
      const { ms, perSecond, peakMb: mb } = await runTask('verify-segments', location, entries);
      walked = Math.round((perSecond * ms) / 1_000);
      peakMb = Math.max(peakMb, mb);
      return 1_000 / ms;
    },
    { 'verifying the whole log': async () => 1_000 / (await runTask('verify', location, entries)).ms },
  );
  const notes = {
    'verified in ms': Number((1_000 / measured.perSecond.median).toPrecision(2)),
    'entries walked': walked,
    'peak MB': Math.round(peakMb),
  };
  const segments = Math.ceil(entries / DEFAULT_SEGMENT_ENTRIES);
  const name = `${chosenSegments(entries).length} of ${segments} segments of ${size} entries`;
  return { part: 'partial', store, name, unit: 'times', ...measured, notes };
}
