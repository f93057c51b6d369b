/** A URL without the slash at its end. */
export function urlText(url: URL): string {
  return url.href.replace(/\/$/, '');
}
