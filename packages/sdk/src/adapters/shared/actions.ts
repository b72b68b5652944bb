import { SealtrailError } from '@sealtrail/format';
import type { Action } from '../../action.ts';

/**
 * The actions behind the tools of one audit. A grant, and a call in the log, name an action by its name alone: of two with one name, each
 * would be decided about as the other.
 */
export class Actions {
  readonly #byTool = new Map<string, Action>();

  /** @param tool as the framework names it. @throws SealtrailError `config_invalid` for another action's name */
  add(action: Action, tool: string = action.name): void {
    if ((this.#byTool.get(tool) ?? action) !== action) {
      throw new SealtrailError('config_invalid', `there is another action behind the tool ${tool}`, { tool });
    }
    this.#byTool.set(tool, action);
  }

  get(tool: string): Action | undefined {
    return this.#byTool.get(tool);
  }

  has(tool: string): boolean {
    return this.#byTool.has(tool);
  }
}
