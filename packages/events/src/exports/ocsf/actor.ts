import type { Actor, JsonObject } from '@sealtrail/format';
import type { OcsfActor, OcsfAiOperation, OcsfUser } from './types.ts';

/** Who acted, and what of it the schema has no attribute for. */
export interface MappedActor {
  readonly actor: OcsfActor;
  /** Set for an AI agent. */
  readonly ai?: OcsfAiOperation;
  readonly rest: JsonObject;
}

const USER_TYPES = { user: [1, 'User'], api_token: [4, 'Service'] } as const;

/**
 * Maps an actor. People and API tokens are `actor.user`. Agents and systems are the application that acted (`actor.app_uid`),
 * beside the user on whose behalf they did, if there is one. An agent is described by the profile `ai_operation` besides.
 *
 * @param conversation the conversation that an agent acted in
 */
export function mapActor(actor: Actor, conversation: string | undefined): MappedActor {
  const { type, id, session_id, agent_version, model, on_behalf_of, ...others } = actor;
  const isPrincipal = type === 'user' || type === 'api_token';
  const principal = on_behalf_of?.type === 'user' && !isPrincipal ? on_behalf_of : undefined;
  const user = isPrincipal ? userOf(type, id) : principal && userOf('user', principal.id);
  const isAgent = type === 'agent';
  return {
    actor: {
      ...(user === undefined ? {} : { user }),
      ...(isPrincipal ? {} : { app_uid: id }),
      ...(session_id === undefined ? {} : { session: { uid: session_id } }),
    },
    ...(isAgent ? { ai: agentOf(actor, conversation) } : {}),
    rest: {
      type,
      ...others,
      ...(on_behalf_of === undefined || principal !== undefined ? {} : { on_behalf_of: { ...on_behalf_of } }),
      ...(isAgent || agent_version === undefined ? {} : { agent_version }),
      ...(isAgent || model === undefined ? {} : { model }),
    },
  };
}

function userOf(type: keyof typeof USER_TYPES, uid: string): OcsfUser {
  const [type_id, caption] = USER_TYPES[type];
  return { uid, type_id, type: caption };
}

function agentOf({ id, agent_version, model }: Actor, conversation: string | undefined): OcsfAiOperation {
  const version = agent_version === undefined ? {} : { version: agent_version };
  return {
    // The provider is required, and no entry names it.
    ...(model === undefined ? {} : { ai_model: { name: model, ai_provider: 'Unknown' } }),
    message_context: {
      ai_role_id: 4,
      ai_role: 'Agent',
      application: { uid: id, ...version },
      ...(conversation === undefined ? {} : { uid: conversation }),
    },
  };
}
