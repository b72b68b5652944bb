import { useRouteError } from 'react-router';
import { ErrorNote } from './states.tsx';

/** What a page shows instead of itself when it fails: an answer that it could not draw, say. */
export function PageError() {
  const error = useRouteError();
  return (
    <ErrorNote
      error={error instanceof Error ? error : new Error(String(error))}
      onRetry={() => window.location.reload()}
    />
  );
}
