/** What a log is called whose rows have no text for a tenant. A tenant may be called `null` or `616263`, and none is called like this. */
export function notAText(reads: string): string {
  return `${reads} (not a text)`;
}
