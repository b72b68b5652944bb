import { AbstractAgent, type BaseEvent, EventType, type RunAgentInput } from '@ag-ui/client';
import type { AuthenticatedUser } from '@sealtrail/sdk';
import type { RunAudit } from '@sealtrail/sdk/ag-ui';
import { Observable } from 'rxjs';
import { sendMail, setDiscount, updateContact } from './actions.ts';

/** What the model calls in its first run, as it would write it. */
const CALLS = [
  {
    id: 'call_1',
    name: 'update_contact',
    args: '{"id":"c-ada","phone":"+44 20 7946 0112","_rationale":"Her signature has a new number.","_confidence":0.94}',
  },
  {
    id: 'call_2',
    name: 'set_discount',
    args: '{"deal":"d-7","percent":30,"_rationale":"She asked for a better price.","_confidence":0.55}',
  },
  {
    id: 'call_3',
    name: 'send_mail',
    args: '{"to":"c-ada","subject":"Good news","_rationale":"She should know.","_confidence":0.8}',
  },
];

/** An agent of a CRM. Behind an HTTP endpoint it would be the same; `signedIn` would be the session of the request. */
export class CrmAgent extends AbstractAgent {
  readonly crm = { phone: '+44 20 7946 0100', discount: 0, mails: 0 };
  readonly #audit: RunAudit;
  readonly #signedIn: () => AuthenticatedUser;

  constructor(audit: RunAudit, signedIn: () => AuthenticatedUser) {
    super({ threadId: 'thread-7' });
    this.#audit = audit;
    this.#signedIn = signedIn;
  }

  override run(input: RunAgentInput): Observable<BaseEvent> {
    const { threadId, runId } = input;
    return new Observable((observer) => {
      observer.next({ type: EventType.RUN_STARTED, threadId, runId } as BaseEvent);
      (input.resume === undefined ? this.#propose(input) : this.#goOn(input)).then(
        (outcome) => {
          observer.next({ type: EventType.RUN_FINISHED, threadId, runId, outcome } as BaseEvent);
          observer.complete();
        },
        (error) => observer.error(error),
      );
    });
  }

  async #propose(input: RunAgentInput) {
    const proposed = await Promise.all(CALLS.map((call) => this.#audit.propose(input, call)));
    return this.#audit.outcome(proposed.flatMap(({ interrupt }) => interrupt ?? []));
  }

  async #goOn(input: RunAgentInput) {
    const answered = await this.#audit.resume(input, this.#signedIn());
    const { crm } = this;
    for (const { interruptId, status } of answered) {
      if (status !== 'approved') continue;
      const call = await this.#callOf(interruptId, input);
      if (call === 'update_contact') {
        await this.#audit.execute(input, updateContact, interruptId, ({ phone }) =>
          Object.assign(crm, { phone }),
        );
      } else if (call === 'set_discount') {
        await this.#audit.execute(input, setDiscount, interruptId, ({ percent }) =>
          Object.assign(crm, { discount: percent }),
        );
      } else {
        await this.#audit.execute(input, sendMail, interruptId, () =>
          Object.assign(crm, { mails: crm.mails + 1 }),
        );
      }
    }
    return { type: 'success' as const };
  }

  /** Which tool an interrupt is about: proposing the calls again finds the proposals that are there. */
  async #callOf(interruptId: string, input: RunAgentInput): Promise<string | undefined> {
    for (const call of CALLS) {
      if ((await this.#audit.propose(input, call)).proposal.id === interruptId) return call.name;
    }
    return undefined;
  }
}
