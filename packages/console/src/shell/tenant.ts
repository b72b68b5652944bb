const KEY = 'sealtrail-tenant';

/** The tenant that was looked at last in this browser. A convenience, and gone where nothing may be stored. */
export function rememberedTenant(): string | undefined {
  try {
    return window.localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

export function rememberTenant(tenant: string): void {
  try {
    window.localStorage.setItem(KEY, tenant);
  } catch {
    // Nothing may be stored: the next visit begins with the first tenant.
  }
}
