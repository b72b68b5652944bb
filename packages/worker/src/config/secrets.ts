const AUTHORITY = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i;
const SECRET_PARAMETER = /[?&;,=]([^=:&;,]*(?:password|secret|token)[^=:&;,]*)[=:]([^&;,#]+)/gi;
const HIDDEN = '[redacted]';

/** A location as it may be shown: without user, password and parameters. */
export function redactLocation(location: string): string {
  const shown = location.replace(AUTHORITY, `$1${HIDDEN}@`);
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(shown) ? shown.replace(/[?#].*$/s, '') : shown;
}

/** What in these locations must never be shown: passwords and secret parameters, encoded and decoded. */
export function secretsOf(...locations: readonly (string | undefined)[]): string[] {
  const secrets = new Set<string>();
  for (const location of locations) {
    if (location === undefined) continue;
    const userinfo = AUTHORITY.exec(location)?.[2] ?? '';
    const colon = userinfo.indexOf(':');
    const found = colon === -1 ? [] : [userinfo.slice(colon + 1), userinfo];
    for (const match of location.matchAll(SECRET_PARAMETER)) found.push(match[2] as string);
    for (const secret of found) secrets.add(secret).add(decoded(secret));
  }
  secrets.delete('');
  // Longest first, so that no secret is cut in two by a shorter one.
  return [...secrets].sort((a, b) => b.length - a.length);
}

/** The same for a configuration: each of its locations that may hold a secret. */
export function secretsOfConfig({
  store,
  redisUrl,
  index,
}: {
  readonly store?: string | undefined;
  readonly redisUrl?: string | undefined;
  readonly index?: string | undefined;
}): string[] {
  return secretsOf(store, redisUrl, index);
}

/** A copy of any value for logs, with every secret in every string hidden. Errors become plain objects. */
export function redact(value: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof value === 'string') return hide(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 8) return '[deep]';
  const inner = (one: unknown): unknown => redact(one, secrets, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    const code = 'code' in value ? { code: value.code } : {};
    return inner({ type: name, message, ...code, stack, ...(cause === undefined ? {} : { cause }) });
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(one)]));
}

export function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
