const GRAPH = 'https://graph.microsoft.com/';
const OPENID: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

/** The scopes of a request, as they were written. */
export function scopesIn(parameters: URLSearchParams): readonly string[] {
  return (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
}

/** `Contacts.Read` and `https://graph.microsoft.com/contacts.read` are one scope. */
export function plainScope(scope: string): string {
  const lower = scope.toLowerCase();
  return lower.startsWith(GRAPH) ? lower.slice(GRAPH.length) : lower;
}

export function isOpenId(scope: string): boolean {
  return OPENID.includes(plainScope(scope));
}

/** Whether any of these, in plain form, is granted. */
export function coversAny(granted: readonly string[], wanted: readonly string[]): boolean {
  return granted.some((scope) => wanted.includes(plainScope(scope)));
}
