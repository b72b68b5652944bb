// An address that was mistyped, or given in the place of a file, is told as what it is not: with all that is in it.
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)\S*@/gi;
const PARAMETER = /([?&;,][^\s=&;,]*(?:password|secret|token)[^\s=&;,]*=)[^\s&;,"']+/gi;

/** As it stands in a key file, which is given by its path. */
const KEY = /PRIVATE\+KEY\+\S+/g;

/** A text for people or machines in which no address has a user, a password or a secret parameter, and no private key is. */
export function withoutSecrets(text: string): string {
  return text
    .replace(KEY, '[redacted]')
    .replace(CREDENTIALS, '$1[redacted]@')
    .replace(PARAMETER, '$1[redacted]');
}
