import type { Command } from 'commander';
export function addImport(command: Command): Command {
  return command;
}
