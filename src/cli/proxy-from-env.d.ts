/** The package has no types of its own. */
declare module 'proxy-from-env' {
  /** By HTTPS_PROXY, ALL_PROXY and NO_PROXY; empty for none. */
  export function getProxyForUrl(url: string): string;
}
