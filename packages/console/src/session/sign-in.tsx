import { Alert, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { LogIn } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ServiceError } from '../api/client.ts';
import { BusyButton } from '../parts/busy-button.tsx';
import { Brand } from '../shell/brand.tsx';
import { useSignIn } from './session.tsx';
import classes from './sign-in.module.css';

/** The way in for who has a token. An auditor's link does it without this page, unless it was refused (`problem`). */
export function SignIn({
  problem,
  hasEnded,
}: {
  readonly problem: Error | undefined;
  /** Whether somebody was signed in before, until now. */
  readonly hasEnded: boolean;
}) {
  const [token, setToken] = useState('');
  const signIn = useMutation({ mutationFn: useSignIn() });
  const refused = signIn.error ?? (hasEnded ? undefined : problem);
  useEffect(() => {
    document.title = 'Sign in · Sealtrail';
  }, []);
  return (
    <main className={classes.page}>
      <Stack gap="lg" className={classes.box}>
        <Brand />
        <Paper
          component="form"
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate(token.trim());
          }}
        >
          <Stack>
            <Title order={1} size="h3">
              Sign in
            </Title>
            <Text c="dimmed" size="sm">
              With an access token. An administrator makes one under “Access”, or on the server with{' '}
              <code>sealtrail console token create</code>. Auditors need no token: the link they were sent
              opens this page by itself.
            </Text>
            {hasEnded && !refused && (
              <Alert color="yellow" title="Your access has ended" role="alert">
                It expired, or somebody revoked it. With another token you go on where you were.
              </Alert>
            )}
            {refused && (
              <Alert color="red" title="That did not work" role="alert">
                {wordsFor(refused)}
              </Alert>
            )}
            <PasswordInput
              label="Access token"
              placeholder="st_…"
              autoComplete="current-password"
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the token' }}
              required
              autoFocus
            />
            <BusyButton type="submit" isBusy={signIn.isPending} leftSection={<LogIn size={16} aria-hidden />}>
              Sign in
            </BusyButton>
          </Stack>
        </Paper>
      </Stack>
    </main>
  );
}

function wordsFor(error: Error): string {
  if (!(error instanceof ServiceError)) return error.message;
  if (error.status === 401 || error.status === 400)
    return 'This token or link is not known here. It may have expired, or been revoked.';
  if (error.status === 429) return 'Too many attempts. Wait a minute and try again.';
  return error.message;
}
