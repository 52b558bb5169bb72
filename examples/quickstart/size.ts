export const CLASSES = 10;
/** The width and height of an image. */
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
