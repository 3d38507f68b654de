/** Pixels of the longer edge: enough for a CRM's picture of a person. */
const SIZE = 512;

/**
 * The address of a contact's picture in one fixed size. Google writes the size as a suffix
 * (`=s100`, `=s96-c`, `=w64-h64`) or as `sz=50`, and gives another one from answer to answer:
 * only what remains tells one picture from the next.
 */
export function photoRef(url: string): string {
  if (/[?&]sz=\d+/.test(url)) return url.replace(/([?&]sz=)\d+/, `$1${SIZE}`);
  const bare = url.replace(/=(?:[swh]\d+|[a-z]{1,2})(?:-[a-z]+\d*)*$/i, '');
  const sizable = bare !== url || /^https:\/\/[^/?#]*\.googleusercontent\.com\/[^?#]*$/.test(url);
  return sizable ? `${bare}=s${SIZE}` : url;
}
