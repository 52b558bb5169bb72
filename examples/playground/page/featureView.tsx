import {useEffect, useRef, useState} from 'preact/hooks';
import {CLASS_COLOURS} from '../../quickstart/appearance.js';
import {PIXELS, SIDE} from '../../quickstart/size.js';
import type {Opened, PanelReport} from '../messages.js';
import {paintDigit} from './paintDigit.js';

interface FeatureViewProps {
  readonly title: string;
  readonly opened: Opened | null;
  readonly report: PanelReport | null;
  readonly strangers: readonly number[];
  readonly drawn: readonly [x: number, y: number] | null;
}

/** The side of the picture, in the pixels that it is drawn with. */
const SIZE = 720;
/** The dots lie within this part of half a side from the origin, but for one in two hundred. */
const REACH = 0.8;
const OUTSIDE = 0.005;
const DOT = 4.5;
/** How near a pointer has to be to a dot. */
const NEAR = 16;

/** The 2-D features of the test digits: dots coloured by class, crosses for strangers. Pointing at one shows the digit. */
export function FeatureView({title, opened, report, strangers, drawn}: FeatureViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pointed, point] = useState<number | null>(null);

  useEffect(() => {
    if (!opened || !report) return;
    const paint = () =>
      paintFeatures(canvas.current!.getContext('2d')!, opened.labels, report, strangers, drawn);
    paint();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', paint);
    return () => dark.removeEventListener('change', paint);
  }, [opened, report, strangers, drawn]);

  return (
    <div class="picture">
      <canvas
        ref={canvas}
        width={SIZE}
        height={SIZE}
        role="img"
        aria-label={`The 2-D features of the test digits under ${title}`}
        onPointerMove={({currentTarget, clientX, clientY}) => {
          if (!report) return;
          const {left, top, width} = currentTarget.getBoundingClientRect();
          const place = {x: ((clientX - left) * SIZE) / width, y: ((clientY - top) * SIZE) / width};
          point(nearestTo(place, report.features));
        }}
        onPointerLeave={() => point(null)}
      />
      {opened && report && pointed !== null && (
        <p class="pointed">
          <Digit image={opened.images.subarray(pointed * PIXELS, (pointed + 1) * PIXELS)} />
          {opened.labels[pointed]}
        </p>
      )}
    </div>
  );
}

function Digit({image}: {readonly image: Float32Array}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => paintDigit(canvas.current!, image), [image]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} />;
}

function paintFeatures(
  context: CanvasRenderingContext2D,
  labels: Uint8Array,
  {features, directions}: PanelReport,
  strangers: readonly number[],
  drawn: FeatureViewProps['drawn'],
): void {
  const style = getComputedStyle(document.documentElement);
  const [ink, paper, grid] = ['--ink', '--paper', '--grid'].map((name) => style.getPropertyValue(name)) as [
    string,
    string,
    string,
  ];
  const toPixels = transform(features);
  context.clearRect(0, 0, SIZE, SIZE);
  paintAxes(context, grid);

  const places = Array.from(labels.keys());
  const isStranger = (place: number) => strangers.includes(labels[place]!);
  const placeOf = (place: number) => toPixels(features[2 * place]!, features[2 * place + 1]!);
  context.globalAlpha = 0.75;
  for (const place of places.filter((place) => !isStranger(place))) {
    context.fillStyle = CLASS_COLOURS[labels[place]!]!;
    paintDot(context, placeOf(place));
  }
  context.globalAlpha = 0.6;
  context.strokeStyle = ink;
  context.lineWidth = 2;
  for (const place of places.filter(isStranger)) paintCross(context, placeOf(place));
  context.globalAlpha = 1;

  const known = CLASS_COLOURS.map((_, digit) => digit).filter((digit) => !strangers.includes(digit));
  context.font = 'bold 30px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 8;
  context.strokeStyle = paper;
  context.fillStyle = ink;
  for (const [id, [dx, dy]] of directions.entries()) {
    const [x, y] = [SIZE / 2 + dx * 0.92 * (SIZE / 2), SIZE / 2 - dy * 0.92 * (SIZE / 2)];
    context.strokeText(String(known[id]), x, y);
    context.fillText(String(known[id]), x, y);
  }
  if (drawn) paintMark(context, toPixels(...drawn), ink, paper);
}

function paintAxes(context: CanvasRenderingContext2D, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(0, SIZE / 2);
  context.lineTo(SIZE, SIZE / 2);
  context.moveTo(SIZE / 2, 0);
  context.lineTo(SIZE / 2, SIZE);
  context.stroke();
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function paintDot(context: CanvasRenderingContext2D, {x, y}: Place): void {
  context.beginPath();
  context.arc(x, y, DOT, 0, 2 * Math.PI);
  context.fill();
}

/** A digit that was not trained. */
function paintCross(context: CanvasRenderingContext2D, {x, y}: Place): void {
  context.beginPath();
  context.moveTo(x - DOT, y - DOT);
  context.lineTo(x + DOT, y + DOT);
  context.moveTo(x - DOT, y + DOT);
  context.lineTo(x + DOT, y - DOT);
  context.stroke();
}

/** A ring where the drawing lies. */
function paintMark(context: CanvasRenderingContext2D, {x, y}: Place, ink: string, paper: string): void {
  for (const [width, colour] of [
    [10, paper],
    [5, ink],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(x, y, 15, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** From features to pixels: the origin in the middle, and the dots as large as the picture. */
function transform(features: Float32Array): (x: number, y: number) => Place {
  const norms = Float32Array.from({length: features.length / 2}, (_, i) =>
    Math.hypot(features[2 * i]!, features[2 * i + 1]!),
  ).sort();
  const reach = norms[Math.floor((1 - OUTSIDE) * (norms.length - 1))] || 1;
  const unit = (REACH * SIZE) / 2 / reach;
  return (x, y) => ({x: SIZE / 2 + x * unit, y: SIZE / 2 - y * unit});
}

/** The digit whose dot is under a pointer. */
function nearestTo({x, y}: Place, features: Float32Array): number | null {
  const toPixels = transform(features);
  let [nearest, least]: [number | null, number] = [null, NEAR];
  for (let place = 0; place < features.length / 2; place++) {
    const dot = toPixels(features[2 * place]!, features[2 * place + 1]!);
    const distance = Math.hypot(dot.x - x, dot.y - y);
    if (distance < least) [nearest, least] = [place, distance];
  }
  return nearest;
}
