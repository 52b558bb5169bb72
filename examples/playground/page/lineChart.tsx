import {useEffect, useRef} from 'preact/hooks';
import Plot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Line {
  readonly label: string;
  /** A custom property of the style sheet, so that it suits dark mode too. */
  readonly colour: `--${string}`;
  readonly values: readonly (number | null)[];
}

interface LineChartProps {
  readonly title: string;
  readonly steps: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly range?: readonly [least: number, largest: number];
}

const HEIGHT = 150;

/** Lines over training steps, as wide as there is room. The legend says the last values, or those under the pointer. */
export function LineChart({title, steps, lines, format, range}: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const shape = JSON.stringify(lines.map(({label, colour}) => [label, colour]));

  // A chart is made anew for other lines, not for other values.
  useEffect(() => {
    const axis: Plot.Axis = {
      stroke: () => colourOf('--faint'),
      grid: {stroke: () => colourOf('--grid'), width: 1},
      ticks: {show: false},
      font: '12px system-ui, sans-serif',
    };
    const made = new Plot(
      {
        width: place.current!.clientWidth,
        height: HEIGHT,
        scales: {x: {time: false}, ...(range && {y: {range: [...range]}})},
        axes: [
          {...axis, size: 28},
          {...axis, size: 44},
        ],
        cursor: {drag: {x: false, y: false}, y: false},
        legend: {live: true},
        series: [
          {label: 'step'},
          ...lines.map(({label, colour}) => ({
            label,
            stroke: () => colourOf(colour),
            width: 2,
            points: {show: false},
            value: (_: Plot, value: number | null | undefined) => (value == null ? '–' : format(value)),
          })),
        ],
      },
      [[], ...lines.map(() => [])],
      place.current!,
    );
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({width: place.current!.clientWidth, height: HEIGHT}),
    );
    observer.observe(place.current!);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => made.redraw();
    dark.addEventListener('change', redraw);
    return () => {
      dark.removeEventListener('change', redraw);
      observer.disconnect();
      made.destroy();
    };
  }, [shape]);

  useEffect(() => {
    plot.current!.setData([[...steps], ...lines.map(({values}) => [...values])]);
    if (plot.current!.cursor.idx == null) plot.current!.setLegend({idx: steps.length - 1});
  });

  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} />
    </figure>
  );
}

function colourOf(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property);
}
