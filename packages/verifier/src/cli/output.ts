/** Prints to standard output; waits for a slow reader instead of buffering for it. */
export async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise((resume) => process.stdout.once('drain', resume));
}

/** `sealtrail-verify ... | head` closes the pipe: that is no error of ours, but the verdict was not delivered either. */
export function endQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(2);
    throw error;
  });
}
