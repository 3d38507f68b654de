import type { SandboxAnswer } from '../core.ts';

/** Allow, refuse, or allow less: as on Google's own page, scopes can be unticked. */
export function consentPage(sent: URLSearchParams, email: string): SandboxAnswer {
  const hidden = [...sent].map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  const scopes = (sent.get('scope') ?? '')
    .split(' ')
    .filter((scope) => scope !== '' && scope !== 'openid')
    .map(
      (scope) =>
        `<p><label><input type="checkbox" name="granted" value="${escape(scope)}" checked> ${escape(scope)}</label></p>`,
    );
  return page(
    200,
    'Sign in with Google (sandbox)',
    `<p>contactsync wants to access the Google Account of <b>${escape(email)}</b></p>
<form method="post" action="/o/oauth2/v2/auth">${hidden.join('')}${scopes.join('')}
<button name="decision" value="allow">Allow</button>
<button name="decision" value="refuse">Refuse</button></form>`,
  );
}

/** What Google shows instead of redirecting to an address that it does not trust. */
export function errorPage(status: number, code: string, message: string): SandboxAnswer {
  return page(
    status,
    'Access blocked (sandbox)',
    `<p>Error ${status}: ${escape(code)}</p><p>${escape(message)}</p>`,
  );
}

function page(status: number, title: string, body: string): SandboxAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}`,
  };
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
