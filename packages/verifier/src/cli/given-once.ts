import { type Command, InvalidArgumentError, type Option } from 'commander';

/**
 * Has a command and those under it refuse an empty value, and a flag that is given twice with two values. Of `--tenant a --tenant b`
 * only the last would count, and whoever reads the verdict would believe that it is about both; an empty value is a variable that
 * nobody set, and an empty `--host` listens everywhere. Flags that collect may be repeated.
 */
export function refuseEmptyAndRepeated(command: Command): Command {
  for (const option of command.options) if (option.required) watch(option);
  for (const below of command.commands) refuseEmptyAndRepeated(below);
  return command;
}

function watch(option: Option): void {
  const parse: (value: string, before: unknown) => unknown = option.parseArg ?? ((value) => value);
  // Who collects takes what came before. The parser that commander makes for choices takes it as well, and does nothing with it.
  const collects = parse.length > 1 && option.argChoices === undefined;
  let given: string | undefined;
  option.argParser((value: string, before: unknown): unknown => {
    const parsed = parse(value, before);
    if (value === '') throw new InvalidArgumentError('It is empty.');
    if (!collects && given !== undefined && given !== value)
      throw new InvalidArgumentError(`It was '${given}' before, and only one can count.`);
    given = value;
    return parsed;
  });
}
