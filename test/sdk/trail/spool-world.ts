import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { openSealtrail, type Replay, type Sealtrail, type Store, type Trail } from '@sealtrail/sdk';
import { openSqliteStore } from '@sealtrail/store/sqlite';
import { onTestFinished } from 'vitest';
import { agent, newWorld, TENANT, type World } from './world.ts';

export const read = { agent, input: { id: 'c-1' }, rationale: null, confidence: null };

/** A store that can be cut off, as a network does it: altogether, or so that the answers of some calls are lost. */
interface Line {
  readonly store: Store;
  cut(away: boolean): void;
  /** Calls of these names are done, and their answers lost, from now on. */
  lose(...names: (keyof Store)[]): void;
  /** Calls wait from now on. @returns lets them go on */
  stall(): () => void;
}

export function cuttable(store: Store): Line {
  let away = false;
  let lost: (keyof Store)[] = [];
  let stalled: Promise<void> | undefined;
  const guarded = new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name === 'close' || name === 'source') return member.bind(target);
      return async (...args: unknown[]) => {
        await stalled;
        if (away) throw new SealtrailError('store_unavailable', 'cut off');
        const answer = await member.apply(target, args);
        if (lost.includes(name as keyof Store)) throw new SealtrailError('store_unavailable', 'cut off');
        return answer;
      };
    },
  });
  return {
    store: guarded,
    cut: (next) => {
      away = next;
    },
    lose: (...names) => {
      lost = names;
    },
    stall: () => {
      let goOn = () => {};
      stalled = new Promise((resume) => {
        goOn = resume;
      });
      return goOn;
    },
  };
}

interface Process extends Omit<Line, 'store'> {
  readonly store: Store;
  readonly sealtrail: Sealtrail;
  readonly trail: Trail;
  /** What `onReplay` was told. */
  readonly told: Replay[];
}

export interface SpoolWorld extends Process {
  readonly world: World;
  readonly spool: string;
  /** One more process with the same log and the same spool. */
  another(): Promise<Process>;
  /** Names in the spool with an ending. */
  files(ending?: string): Promise<string[]>;
}

/** A log that can be away, and processes with a spool. */
export async function openWorld(): Promise<SpoolWorld> {
  const world = await newWorld();
  const spool = join(world.folder, 'spool');
  const another = async (): Promise<Process> => {
    const inner = await openSqliteStore(world.location, { now: () => world.now });
    onTestFinished(() => inner.close());
    await inner.register(TENANT);
    const { store, ...line } = cuttable(inner);
    const told: Replay[] = [];
    const sealtrail = await openSealtrail({
      store,
      failure: {
        mode: 'open',
        spool,
        replayEveryMs: 3_600_000,
        onReplay: (replay) => void told.push(replay),
      },
    });
    onTestFinished(() => sealtrail.close());
    return { store, ...line, sealtrail, told, trail: sealtrail.trail(TENANT, { now: () => world.now }) };
  };
  return {
    world,
    spool,
    another,
    files: async (ending = '.spool.jsonl') => (await readdir(spool)).filter((name) => name.endsWith(ending)),
    ...(await another()),
  };
}
