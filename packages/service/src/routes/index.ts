import type { Route } from '../http/route.ts';
import { entriesRoutes } from './entries.ts';
import { evidenceRoutes } from './evidence.ts';
import { exportRoutes } from './exports.ts';
import { sessionRoutes } from './session.ts';
import { statusRoutes } from './status.ts';
import { tokenRoutes } from './tokens.ts';
import { verificationRoutes } from './verifications.ts';
import { viewRoutes } from './views.ts';

/** All of the API; the description of it is made from the same list. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...statusRoutes,
  ...verificationRoutes,
  ...entriesRoutes,
  ...viewRoutes,
  ...exportRoutes,
  ...evidenceRoutes,
  ...tokenRoutes,
];
