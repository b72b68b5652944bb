import type { Target } from '@sealtrail/format';
import type { Progress } from '@sealtrail/verifier';
import type { CoachingQuery } from '@sealtrail/views';
import type { EntryFormat } from '@sealtrail/views/export';

/** Work that reads a whole log, or much of it: done by a thread of its own. */
export type Job =
  | { readonly kind: 'verify'; readonly tenant: string }
  | {
      readonly kind: 'prove-entry';
      readonly tenant: string;
      readonly seq: number;
      /** Position of the seal that the proof shall lead to; default the first that covers the entry. */
      readonly seal?: number | undefined;
    }
  | { readonly kind: 'coaching'; readonly tenant: string; readonly query: CoachingQuery }
  | { readonly kind: 'prove-history'; readonly tenant: string; readonly record: Target }
  | {
      readonly kind: 'evidence';
      readonly tenant: string;
      /** The record whose history it is, or the position of one entry. */
      readonly about: Target | number;
      readonly disclose: readonly string[] | 'all';
      /** Folder of the published log whose checkpoint it leads to; absent when nothing is published. */
      readonly log?: string | undefined;
    }
  | {
      readonly kind: 'bundle';
      readonly tenant: string;
      readonly values: 'included' | 'withheld';
      /** Whether a log that does not verify is refused; otherwise it is written as it is, for somebody else to judge. */
      readonly checked: boolean;
    }
  | {
      readonly kind: 'entries';
      readonly tenant: string;
      readonly format: EntryFormat;
      readonly values: 'included' | 'withheld';
      readonly from?: number | undefined;
      readonly to?: number | undefined;
      readonly since?: string | undefined;
      readonly until?: string | undefined;
    };

/** What a thread is started with. */
export interface Assignment {
  readonly store: string;
  readonly job: Job;
}

/** What a thread says. After a `chunk` it waits for `next`; after `done` or `failed` it ends. */
export type Said =
  | ({ readonly type: 'progress' } & Omit<Progress, 'tenant'>)
  | { readonly type: 'chunk'; readonly text: string }
  | { readonly type: 'done'; readonly value: unknown }
  | { readonly type: 'failed'; readonly code: string | null; readonly message: string };

/** What a thread is told. */
export type Told = 'next' | 'stop';
