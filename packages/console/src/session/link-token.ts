let taken: string | undefined;

/**
 * Takes the token out of an auditor's link (`#token=st_…`) and out of the address bar and the history. The fragment never
 * reaches a server; left in the address, it would reach whoever is shown the screen.
 */
export function takeLinkToken(): void {
  const [, token] = /^#\/?token=([\w-]+)$/.exec(window.location.hash) ?? [];
  if (token === undefined) return;
  taken = token;
  window.history.replaceState(null, '', '#/');
}

/** The token of the link that the page was opened with; the same until {@link forgetLinkToken}. */
export function linkToken(): string | undefined {
  return taken;
}

export function forgetLinkToken(): void {
  taken = undefined;
}
