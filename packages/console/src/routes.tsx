import { createHashRouter, Navigate } from 'react-router';
import { IntegrityPage } from './integrity/page.tsx';
import { PageError } from './parts/page-error.tsx';
import { Loading } from './parts/states.tsx';
import { SignedIn } from './session/session.tsx';
import { Home } from './shell/home.tsx';
import { Shell } from './shell/shell.tsx';

// Behind the hash, so that any server can serve the page under any path. Charts are loaded with the pages that draw them.
export const router = createHashRouter([
  {
    element: (
      <SignedIn>
        <Shell />
      </SignedIn>
    ),
    errorElement: <PageError />,
    hydrateFallbackElement: <Loading what="Loading" />,
    children: [
      {
        errorElement: <PageError />,
        children: [
          { index: true, element: <Home /> },
          { path: 't/:tenant', element: <Navigate to="integrity" replace /> },
          { path: 't/:tenant/integrity', element: <IntegrityPage /> },
          {
            path: 't/:tenant/log',
            lazy: async () => ({ Component: (await import('./log/page.tsx')).LogPage }),
          },
          {
            path: 't/:tenant/records',
            lazy: async () => ({ Component: (await import('./record/search.tsx')).RecordSearch }),
          },
          {
            path: 't/:tenant/records/:type/:id',
            lazy: async () => ({ Component: (await import('./record/page.tsx')).RecordPage }),
          },
          {
            path: 't/:tenant/coaching',
            lazy: async () => ({ Component: (await import('./coaching/page.tsx')).CoachingPage }),
          },
          {
            path: 't/:tenant/incident',
            lazy: async () => ({ Component: (await import('./incident/page.tsx')).IncidentPage }),
          },
          {
            path: 'access',
            lazy: async () => ({ Component: (await import('./access/page.tsx')).AccessPage }),
          },
          { path: '*', element: <Navigate to="/" replace /> },
        ],
      },
    ],
  },
]);
