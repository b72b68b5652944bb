import '@mantine/core/styles.css';
import './styles.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { ServiceError } from './api/client.ts';
import { router } from './routes.tsx';
import { takeLinkToken } from './session/link-token.ts';
import { theme } from './theme.ts';

// Before anything else reads the address.
takeLinkToken();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // An answer that says no stays no; one that could not come may come the second time. One that was waited for is not waited for again.
      retry: (failures, error) =>
        failures < 2 && error instanceof ServiceError && error.code === 'unreachable',
      refetchOnWindowFocus: false,
      // A machine without a network may well reach its own service, and where it does not, that is said.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
