import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { isSealtrailError } from '@sealtrail/format';
import type { AuthenticatedUser } from '../../person.ts';
import type { Proposal } from '../../trail/propose.ts';
import type { Trail } from '../../trail/trail.ts';
import type { Extra } from './audit-server.ts';

const APPROVAL_FORM = {
  type: 'object',
  properties: {
    approve: { type: 'boolean', title: 'Approve' },
    reason: { type: 'string', title: 'Reason', maxLength: 2_000 },
  },
  required: ['approve'],
} as const;

/** Whether the client can show a person a form. */
export function canAsk(server: McpServer): boolean {
  const elicitation = server.server.getClientCapabilities()?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

/**
 * Asks the person at the client, as a part of the client's own request: where it reads the answer, and for as long as it waits for one.
 * What the person says then is what they want; that it is they, is the host's to know. Cancelled, or without an answer in time, the
 * proposal waits on.
 */
export async function ask(
  server: McpServer,
  trail: Trail,
  { id, action, input, rationale }: Proposal,
  by: AuthenticatedUser,
  { requestId, signal }: Pick<Extra, 'requestId' | 'signal'>,
): Promise<void> {
  const message = `${action.name} ${JSON.stringify(input)}${rationale === null ? '' : `\n\n${rationale}`}`;
  const { presentation } = await trail.present(id, { to: by, shown: message, channel: 'mcp' });
  const answer = await server.server
    .elicitInput(
      { message, requestedSchema: APPROVAL_FORM as never },
      { relatedRequestId: requestId, signal },
    )
    // A client that does not answer leaves the proposal as it is.
    .catch(() => ({ action: 'cancel' as const, content: undefined }));
  if (answer.action === 'cancel') return;
  const { approve, reason } = (answer.content ?? {}) as { approve?: unknown; reason?: unknown };
  const click = { by, presentation, channel: 'mcp', ...(typeof reason === 'string' ? { reason } : {}) };
  const approved = answer.action === 'accept' && approve === true;
  try {
    await (approved ? trail.approve(id, click) : trail.reject(id, click));
  } catch (error) {
    // Somebody else was faster, or the time is up: the log has it, and what happens next goes by the log.
    if (!isSealtrailError(error, 'decision_stale') && !isSealtrailError(error, 'proposal_expired'))
      throw error;
  }
}
