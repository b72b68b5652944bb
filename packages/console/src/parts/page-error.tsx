import { useRouteError } from 'react-router';
import { ServiceError } from '../api/client.ts';
import { ErrorNote } from './states.tsx';

/** What a page shows instead of itself when it fails: an answer that it could not draw, say. */
export function PageError() {
  const error = useRouteError();
  return <ErrorNote error={wordsFor(error)} onRetry={() => window.location.reload()} />;
}

/** A part of the page that could not be fetched: the way to the service is interrupted, or a newer page is there now. */
const UNLOADED = /dynamically imported module|Importing a module script|preload CSS/i;

function wordsFor(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return UNLOADED.test(error.message)
    ? new ServiceError(0, 'unreachable', 'This part of the page could not be loaded.', { cause: error })
    : error;
}
