/**
 * The file of the digits, compressed by gzip: a byte for each label, then a byte for each pixel of each image. So many
 * greys are enough, and make the file a third smaller than 256 would.
 */
export const GREYS = 16;
/** Its name beside the page. */
export const DIGITS_FILE = 'digits.bin';
