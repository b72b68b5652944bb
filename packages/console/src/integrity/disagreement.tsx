import { Alert, Text } from '@mantine/core';
import { number } from '../parts/words.ts';
import { Written } from '../parts/written.tsx';
import type { Check } from './check.ts';
import { verdictOf } from './verdict.ts';

interface Props {
  readonly server: Check;
  readonly browser: Check;
}

/** The one thing that must not be overlooked: two checks of one log that do not say the same. */
export function Disagreement({ server, browser }: Props) {
  const difference = differenceOf({ server, browser });
  if (server.report === null || browser.report === null || difference === undefined) return null;
  return (
    <Alert color="red" title="The server and your browser do not agree" role="alert">
      <Text size="sm">
        The server says: <Written text={verdictOf(server.report, undefined)} />.
      </Text>
      <Text size="sm">
        Your browser found: <Written text={verdictOf(browser.report, undefined)} />.
      </Text>
      {difference !== '' && <Text size="sm">{difference}</Text>}
      <Text size="sm" mt={6}>
        The browser walked the bytes that it was sent. If the server calls a log valid that your browser finds
        broken, or sends it another log, do not rely on the server: export the log and have it verified
        elsewhere with <code>sealtrail-verify</code>.
      </Text>
    </Alert>
  );
}

/** In what two checks differ, beyond what their verdicts say; undefined when in nothing. */
function differenceOf({ server, browser: { report: own, known = 0 } }: Props): string | undefined {
  const { report: told } = server;
  if (told === null || own === null) return undefined;
  if (told.status !== own.status || told.position !== own.position) return '';
  if (own.status !== 'valid') return undefined;
  // The log may have grown between the two, but not have shrunk since its size was told.
  const end = own.last?.seq ?? -1;
  if (end + 1 < known)
    return `Your browser was sent the log up to position ${number(end)}; it had reached position ${number(known - 1)} before.`;
  const isOther = told.last?.seq === own.last?.seq && told.last?.hash !== own.last?.hash;
  return isOther ? `Both ended at position ${number(end)}, with different entries.` : undefined;
}
