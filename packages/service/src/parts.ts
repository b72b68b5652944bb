import type { Store } from '@sealtrail/store';
import type { Views } from '@sealtrail/views';
import type { AccessLog } from './access/access-log.ts';
import type { Door } from './access/authenticate.ts';
import type { Tokens } from './access/tokens.ts';
import type { Limiter } from './http/limiter.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { CompleteOptions } from './options.ts';
import type { Published } from './published.ts';
import type { Runs } from './runs/runs.ts';

/** What the routes work with. */
export interface Parts {
  readonly options: CompleteOptions;
  readonly store: Store;
  readonly views: Views;
  readonly tokens: Tokens;
  readonly door: Door;
  /** Counts what each token or person asks. */
  readonly requests: Limiter;
  readonly access: AccessLog;
  readonly jobs: Jobs;
  readonly runs: Runs;
  /** Undefined when nothing is published. */
  readonly published: Published | undefined;
}
