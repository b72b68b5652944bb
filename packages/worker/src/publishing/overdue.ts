import type { Alert, AnchoringHooks } from '../anchoring/events.ts';
import { Seldom } from '../observe/seldom.ts';

/** A person is told again as often, of each sink. */
const AGAIN_MS = 60_000;

/**
 * Notices a sink that took nothing of what waits for it for longer than `patienceMs`. How long that is, the publisher remembers: workers
 * may come and go meanwhile.
 */
export function overdueDeliveries(
  onAlert: (alert: Alert) => void,
  patienceMs: number,
): Pick<AnchoringHooks, 'onDeliver'> {
  const told = new Seldom(AGAIN_MS);
  return {
    onDeliver: ({ sink, quietSince: since, error }) => {
      if (since === undefined || Date.now() - Date.parse(since) < patienceMs || !told.due(sink)) return;
      const reason = error instanceof Error ? error.message : String(error);
      const message = `the sink ${sink} has taken nothing since ${since}, and checkpoints wait for it: ${reason}`;
      onAlert({ code: 'delivery_overdue', tenant: null, message, detail: { sink, since } });
    },
  };
}
