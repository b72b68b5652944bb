import { AbstractAgent, type BaseEvent, EventType, type RunAgentInput } from '@ag-ui/client';
import { type AuthenticatedUser, defineAction, type TrailOptions } from '@sealtrail/sdk';
import { auditRuns, type RunAudit, type ToolCallGiven } from '@sealtrail/sdk/ag-ui';
import { Observable } from 'rxjs';
import { z } from 'zod';
import { MINUTE, readContact, type World } from '../sdk/trail/world.ts';

export const setPhone = defineAction({
  name: 'set_phone',
  input: z.strictObject({ id: z.string(), phone: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
  personal: ['phone'],
  expires_after_ms: 10 * MINUTE,
});

export const WHY = { _rationale: 'Her signature has a new number.', _confidence: 0.9 };

export const call = (id: string, args: object, name = 'set_phone'): ToolCallGiven => ({
  id,
  name,
  args: JSON.stringify(args),
});

/** An agent behind an AG-UI endpoint: a scripted model, tools under audit, and a host that knows who is signed in. */
class DeskAgent extends AbstractAgent {
  readonly audit: RunAudit;
  /** Who is signed in at the host. */
  signedIn: AuthenticatedUser | undefined;
  /** The calls that the model makes in its next run. */
  calls: readonly ToolCallGiven[] = [];
  /** What was done, and what was said to the model about the rest. */
  readonly done: unknown[] = [];

  constructor(audit: RunAudit) {
    super({ threadId: 'thread-1' });
    this.audit = audit;
  }

  override run(input: RunAgentInput): Observable<BaseEvent> {
    return new Observable((observer) => {
      const { threadId, runId } = input;
      observer.next({ type: EventType.RUN_STARTED, threadId, runId } as BaseEvent);
      this.#work(input).then(
        (outcome) => {
          observer.next({ type: EventType.RUN_FINISHED, threadId, runId, outcome } as BaseEvent);
          observer.complete();
        },
        (error) => observer.error(error),
      );
    });
  }

  async #work(input: RunAgentInput) {
    if (input.resume !== undefined) {
      const outcomes = await this.audit.resume(input, this.signedIn as AuthenticatedUser);
      for (const { interruptId, status, refused } of outcomes) {
        if (status === 'approved') await this.#act(input, interruptId);
        else this.done.push(`${refused ?? status}`);
      }
    }
    const interrupts = [];
    for (const one of this.calls) {
      const { proposal, interrupt } = await this.audit.propose(input, one);
      if (interrupt !== undefined) interrupts.push(interrupt);
      else if (proposal.status === 'approved') await this.#act(input, proposal.id, one.name);
    }
    return interrupts.length > 0 ? this.audit.outcome(interrupts) : { type: 'success' as const };
  }

  async #act(run: RunAgentInput, id: string, name = 'set_phone') {
    if (name === 'read_contact')
      this.done.push(await this.audit.execute(run, readContact, id, (input) => input));
    else this.done.push(await this.audit.execute(run, setPhone, id, (input) => input));
  }
}

export async function newDesk(world: World, options: TrailOptions = {}) {
  // The client compares an interrupt's end with its own clock.
  if (world.now < Date.now()) world.now = Date.now();
  const { trail, sealtrail } = await world.plugin(options);
  await sealtrail.store.register('acme');
  const audit = auditRuns({
    trail,
    agent: { id: 'assistant', model: 'example-1' },
    actions: [setPhone, readContact],
  });
  return { agent: new DeskAgent(audit), trail, sealtrail };
}
