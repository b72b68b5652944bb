import { VARIABLES } from '../config/variables.ts';

const WIDTH = 100;

/** What `--help` prints. */
export function helpText(): string {
  const variables = VARIABLES.map(({ name, form, fallback, help }) => {
    const value = fallback === undefined ? form : `${form}; default ${fallback}`;
    return `  ${name}\n${wrap(`${help} (${value})`, '      ')}`;
  });
  return `sealtrail-worker: anchors Sealtrail logs on a schedule

Usage:
  sealtrail-worker           run until SIGTERM or SIGINT; a second signal exits at once
  sealtrail-worker --once    one tick in this process, without Redis, then exit
  sealtrail-worker --help    this text
  sealtrail-worker --version

Environment (unknown SEALTRAIL_ variables are refused):
${variables.join('\n')}

Exit status:
  0  stopped as told; with --once: everything that is due is anchored, sealed and published
  1  with --once: a log is broken, or is missing, set back or forked since it was sealed
  2  could not run: configuration, store, or with --once an outage in the middle
`;
}

function wrap(text: string, indent: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => indent + line).join('\n');
}
