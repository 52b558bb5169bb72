import {SIDE} from '../../quickstart/size.js';

/** Paints grey values as ink of the colour of the text. */
export function paintDigit(canvas: HTMLCanvasElement, image: Float32Array): void {
  const context = canvas.getContext('2d')!;
  const pixels = context.createImageData(SIDE, SIDE);
  for (const [i, ink] of image.entries()) pixels.data[4 * i + 3] = 255 * ink;
  context.putImageData(pixels, 0, 0);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = getComputedStyle(canvas).color;
  context.fillRect(0, 0, SIDE, SIDE);
  context.globalCompositeOperation = 'source-over';
}
