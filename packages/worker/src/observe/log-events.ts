import { isSealtrailError } from '@sealtrail/format';
import type { AnchoringEvents } from '../anchoring/events.ts';
import type { Logger } from './logger.ts';

/** Logs what anchoring does. Alerts are errors, outages warnings; a tick that found nothing is no news. */
export function logEvents(logger: Logger): AnchoringEvents {
  return {
    onTick: ({ outcome, tenants, entries, durationMs, error }) => {
      const fields = { outcome, tenants, entries, duration_ms: Math.round(durationMs), ...why(error) };
      if (outcome === 'done') logger[tenants > 0 ? 'info' : 'debug'](fields, 'tick done');
      else logger.warn(fields, 'tick not done; the next one finds what is left');
    },
    onAnchor: ({ tenant, outcome, anchors, entries, durationMs, error }) => {
      const fields = {
        tenant,
        outcome,
        anchors,
        entries,
        duration_ms: Math.round(durationMs),
        ...why(error),
      };
      if (outcome === 'anchored') logger.info(fields, 'tenant anchored');
      else if (outcome === 'nothing') logger.debug(fields, 'nothing to anchor yet');
      else if (outcome === 'outage') logger.warn(fields, 'outage; anchoring will be tried again');
      else if (outcome === 'abandoned') logger.info(fields, 'anchoring abandoned; the next run continues it');
      // An alert follows and says the same to the operator.
      else if (outcome === 'broken') logger.debug(fields, 'anchoring refused');
      else logger.error({ ...fields, error }, 'anchoring failed unexpectedly');
    },
    onSweep: ({ outcome, expired, decided, durationMs, error }) => {
      const fields = { outcome, expired, decided, duration_ms: Math.round(durationMs), ...why(error) };
      if (outcome === 'done') logger[expired > 0 ? 'info' : 'debug'](fields, 'sweep done');
      else logger.warn(fields, 'sweep not done; the next one finds what is left');
    },
    onSeal: ({ outcome, number, tenants, changed, durationMs, error }) => {
      const fields = {
        outcome,
        number,
        tenants,
        changed,
        duration_ms: Math.round(durationMs),
        ...why(error),
      };
      if (outcome === 'sealed') logger.info(fields, 'sealed');
      else if (outcome === 'idle') logger.debug(fields, 'nothing to seal');
      else logger.warn(fields, 'not sealed; the next run tries again');
    },
    onPublish: ({ outcome, size, durationMs, error }) => {
      const fields = { outcome, size, duration_ms: Math.round(durationMs), ...why(error) };
      if (outcome === 'published') logger.info(fields, 'checkpoint published');
      else if (outcome === 'idle') logger.debug(fields, 'nothing to publish');
      else logger.warn(fields, 'no checkpoint; the next run tries again');
    },
    onDeliver: ({ sink, outcome, durationMs, error }) => {
      const fields = { sink, outcome, duration_ms: Math.round(durationMs), ...why(error) };
      if (outcome === 'delivered') logger.info(fields, 'sink has the checkpoint');
      else if (outcome === 'nothing') logger.debug(fields, 'sink has everything');
      else logger.warn(fields, 'sink has not got everything');
    },
    onAlert: ({ code, tenant, message, detail }) => {
      logger.error({ alert: code, tenant, detail }, message);
    },
  };
}

function why(error: unknown): object {
  if (error === undefined) return {};
  const reason = error instanceof Error ? error.message : String(error);
  return isSealtrailError(error) ? { reason, code: error.code } : { reason };
}
