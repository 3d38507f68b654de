/** The smallest JPEG that says how large it is: one pixel. */
export const PIXEL_JPEG = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffc0000b080001000101011100ffda0008010100003f00d2ffd9',
  'hex',
);
