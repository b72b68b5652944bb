import { isPosition, SealtrailError } from '@sealtrail/format';
import type { VerifyOptions } from './report.ts';
import type { LogReader, WalkRange } from './source.ts';

/** What is to be walked. @throws SealtrailError `config_invalid` for options that contradict each other */
export function chooseRange(log: LogReader, options: VerifyOptions): WalkRange {
  const { trusted, since, to, segments } = options;
  for (const position of [options.from, to, trusted?.seq, ...(segments ?? [])]) {
    if (position !== undefined && !isPosition(position)) throw contradiction(`${position} is not a position`);
  }
  if (since === true && trusted === undefined) throw contradiction('since needs a trusted position');
  if (since === true && options.from !== undefined) throw contradiction('since and from exclude each other');
  if (segments !== undefined && (options.from !== undefined || to !== undefined || trusted !== undefined)) {
    throw contradiction('segments exclude from, to and trusted');
  }
  const from = Math.max(
    log.start,
    since === true && trusted !== undefined ? trusted.seq : (options.from ?? 0),
  );
  if (to !== undefined && to < from) throw contradiction(`the range ${from} to ${to} is empty`);
  if (trusted !== undefined && (trusted.seq < from || trusted.seq > (to ?? trusted.seq))) {
    throw contradiction(`the trusted position ${trusted.seq} lies outside the range`);
  }
  return { from, to };
}

function contradiction(why: string): SealtrailError {
  return new SealtrailError('config_invalid', why);
}
