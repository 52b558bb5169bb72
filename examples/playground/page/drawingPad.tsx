import {useEffect, useRef, useState} from 'preact/hooks';
import type {Point, Stroke} from '../drawing/image.js';

interface DrawingPadProps {
  readonly strokes: readonly Stroke[];
  readonly onStrokes: (strokes: readonly Stroke[]) => void;
}

/** Strokes are in a square of this side, whatever size the pad is shown in. */
const SIZE = 100;
/** The pixels of that square. */
const DENSITY = 4;
/** How far an arrow key moves the pen. */
const STRIDE = 3;
const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-STRIDE, 0],
  ArrowRight: [STRIDE, 0],
  ArrowUp: [0, -STRIDE],
  ArrowDown: [0, STRIDE],
};

/** Draws with mouse, finger or pen; with the keyboard, arrows move the pen and the space bar puts it down or lifts it. */
export function DrawingPad({strokes, onStrokes}: DrawingPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  /** The stroke that is being drawn. */
  const [open, setOpen] = useState<Stroke | null>(null);
  /** Where the keyboard has the pen; null unless it is in use. */
  const [pen, setPen] = useState<Point | null>(null);

  useEffect(() => {
    const paint = () => paintStrokes(canvas.current!, open ? [...strokes, open] : strokes, pen);
    paint();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', paint);
    return () => dark.removeEventListener('change', paint);
  }, [strokes, open, pen]);

  const finish = () => {
    if (open) onStrokes([...strokes, open]);
    setOpen(null);
  };
  const placeOf = ({clientX, clientY}: PointerEvent): Point => {
    const {left, top, width, height} = canvas.current!.getBoundingClientRect();
    return {x: ((clientX - left) * SIZE) / width, y: ((clientY - top) * SIZE) / height};
  };

  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes the arrow keys for itself
    <canvas
      ref={canvas}
      class="pad"
      width={SIZE * DENSITY}
      height={SIZE * DENSITY}
      tabIndex={0}
      role="application"
      aria-label="Drawing pad. Arrow keys move the pen, the space bar puts it down or lifts it."
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setPen(null);
        setOpen([placeOf(event)]);
      }}
      onPointerMove={(event) => {
        const points = (event.getCoalescedEvents?.() ?? [event]).map(placeOf);
        setOpen((stroke) => stroke && [...stroke, ...points]);
      }}
      onPointerUp={finish}
      onPointerCancel={finish}
      onBlur={() => {
        finish();
        setPen(null);
      }}
      onKeyDown={(event) => {
        const from = pen ?? {x: SIZE / 2, y: SIZE / 2};
        if (event.key === ' ') {
          if (open) finish();
          else setOpen([from]);
          setPen(from);
        } else if (event.key in ARROWS) {
          const [dx, dy] = ARROWS[event.key]!;
          const to = {x: clamp(from.x + dx), y: clamp(from.y + dy)};
          setPen(to);
          setOpen((stroke) => stroke && [...stroke, to]);
        } else return;
        event.preventDefault();
      }}
    />
  );
}

function paintStrokes(canvas: HTMLCanvasElement, strokes: readonly Stroke[], pen: Point | null): void {
  const context = canvas.getContext('2d')!;
  const {color} = getComputedStyle(canvas);
  context.setTransform(DENSITY, 0, 0, DENSITY, 0, 0);
  context.clearRect(0, 0, SIZE, SIZE);
  context.lineWidth = 7;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = color;
  for (const [first, ...others] of strokes) {
    context.beginPath();
    context.moveTo(first!.x, first!.y);
    for (const {x, y} of others.length > 0 ? others : [first!]) context.lineTo(x, y);
    context.stroke();
  }
  if (pen) {
    context.lineWidth = 1;
    context.beginPath();
    context.arc(pen.x, pen.y, 5, 0, 2 * Math.PI);
    context.stroke();
  }
}

function clamp(value: number): number {
  return Math.max(0, Math.min(SIZE, value));
}
