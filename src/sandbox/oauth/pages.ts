import type { SandboxAnswer } from '../core.ts';

/** What the consent page says, and where its form goes. */
export interface ConsentForm {
  readonly title: string;
  readonly email: string;
  readonly action: string;
  /** Whether the user can leave out single scopes. */
  readonly tickable: boolean;
  /** More fields for the user to fill in, as HTML. */
  readonly fields?: string;
}

/** Allow, refuse, or, where the vendor's own page has that, allow less. */
export function consentPage(sent: URLSearchParams, form: ConsentForm): SandboxAnswer {
  const hidden = [...sent].map(
    ([name, value]) =>
      `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const scopes = (sent.get('scope') ?? '')
    .split(' ')
    .filter((scope) => scope !== '' && scope !== 'openid')
    .map((scope) => `<p>${form.tickable ? tickBox(scope) : escapeHtml(scope)}</p>`);
  return htmlPage(
    200,
    form.title,
    `<p>contactsync wants to access the account of <b>${escapeHtml(form.email)}</b></p>
<form method="post" action="${escapeHtml(form.action)}">${form.fields ?? ''}${hidden.join('')}${scopes.join('')}
<button name="decision" value="allow">Allow</button>
<button name="decision" value="refuse">Refuse</button></form>`,
  );
}

function tickBox(scope: string): string {
  const text = escapeHtml(scope);
  return `<label><input type="checkbox" name="granted" value="${text}" checked> ${text}</label>`;
}

/** What a vendor shows instead of redirecting to an address that it does not trust. */
export function errorPage(status: number, code: string, message: string): SandboxAnswer {
  return htmlPage(
    status,
    'Access blocked (sandbox)',
    `<p>Error ${status}: ${escapeHtml(code)}</p><p>${escapeHtml(message)}</p>`,
  );
}

/** `body` is HTML. */
export function htmlPage(status: number, title: string, body: string): SandboxAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}`,
  };
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
