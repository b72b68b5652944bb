import { Alert } from '@mantine/core';
import { FileQuestionMark } from 'lucide-react';
import { ServiceError } from '../api/client.ts';
import { ErrorNote } from '../parts/states.tsx';

/** Why nothing can be proved: mostly because no seal covers the log yet, which is no fault. */
export function NotSealed({ error }: { readonly error: Error }) {
  if (!(error instanceof ServiceError) || error.code !== 'not_sealed') return <ErrorNote error={error} />;
  return (
    <Alert color="yellow" title="Not provable yet" icon={<FileQuestionMark aria-hidden />} role="status">
      What is in a log, and that it is all of it, is proved against a seal, and none covers this one so far.
      The worker seals on a schedule; on the command line it is <code>sealtrail seal</code>.
    </Alert>
  );
}
