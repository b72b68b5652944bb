import type { Actor } from '@sealtrail/format';
import type { Command } from 'commander';

/** Who gives the command. */
export interface PersonFlags {
  readonly by: string;
  readonly method: string;
}

/** The options by which somebody who destroys, holds or keeps says who they are. */
export function withPerson(command: Command): Command {
  return command
    .requiredOption('--by <id>', 'who decides: the id of a person, which is recorded')
    .option('--method <name>', 'how that person was authenticated', 'shell');
}

export function personOf({ by, method }: PersonFlags): Actor {
  return { type: 'user', id: by, auth_method: method };
}
