import { parseInput, type UserActor, userActor } from '@sealtrail/events';
import { SealtrailError } from '@sealtrail/format';

/** What the host knows of a signed-in person. */
export type SignedIn = Omit<UserActor, 'type'>;

/**
 * A person whom the host has authenticated. Only {@link authenticatedUser} makes one: an object that came out of a request or
 * out of a model's answer cannot stand where a person decides, neither for the compiler nor at run time.
 */
export class AuthenticatedUser {
  readonly #actor: UserActor;

  private constructor(actor: UserActor) {
    this.#actor = actor;
  }

  /** @internal */
  static of(actor: UserActor): AuthenticatedUser {
    return new AuthenticatedUser(actor);
  }

  get id(): string {
    return this.#actor.id;
  }

  /** @internal The actor as it goes into entries. @throws SealtrailError `actor_refused` for anything that is no such person */
  static actorOf(person: unknown): UserActor {
    if (typeof person === 'object' && person !== null && #actor in person) return person.#actor;
    throw new SealtrailError(
      'actor_refused',
      'a person decides: give what authenticatedUser() returned for the person who is signed in',
    );
  }
}

/**
 * Says who is signed in, from the host's own session. Call it where the host checks the session, and with nothing that the
 * agent or the browser sent.
 *
 * @throws SealtrailError `draft_invalid` when it does not say who, or how the person was authenticated
 */
export function authenticatedUser(signedIn: SignedIn): AuthenticatedUser {
  return AuthenticatedUser.of(parseInput(userActor, 'authenticatedUser', { type: 'user', ...signedIn }));
}
