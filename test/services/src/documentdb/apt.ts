import { run } from '../process.ts';

/** The Debian mirror that this machine's apt uses, so that the root comes from where packages come from here. */
export async function debianMirror(): Promise<string | undefined> {
  const format = '$(ORIGIN) $(LABEL) $(REPO_URI)';
  const lines = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  return lines
    .split('\n')
    .map((line) => /^Debian Debian (https?:\S+)$/.exec(line)?.[1])
    .find((uri) => uri !== undefined);
}

const KEPT = /^Acquire::(https?::|Check-|Max-|Retries|ForceIPv)/;

/** This machine's apt settings for reaching the mirror: proxies, patience, checks of dates. */
export async function aptSettings(): Promise<string> {
  const dump = await run('apt-config', ['dump']);
  const lines = dump.split('\n').filter((line) => KEPT.test(line));
  return `${lines.join('\n')}\n`;
}
