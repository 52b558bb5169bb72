import {type Term, termOf} from '../losses.js';
import type {Settings} from '../settings.js';

const softmax = [termOf('softmax')];

/** Comparisons worth a look. */
const PRESETS: Readonly<Record<string, Settings['losses']>> = {
  'L-Softmax': [[termOf('lsoftmax')], softmax],
  'A-Softmax': [[termOf('asoftmax')], softmax],
  Hinge: [[termOf('hinge')], softmax],
  ArcFace: [[termOf('arcface')], [termOf('normalizedSoftmax')]],
  'the paper’s combination': [
    [termOf('hinge', 0.25), termOf('lsoftmax', 0.65), termOf('asoftmax', 0.34)],
    softmax,
  ],
  'm = 2 and m = 6': [marginOf(2), marginOf(6)],
};

function marginOf(m: number): readonly Term[] {
  return [termOf('lsoftmax', 1, {m})];
}

export function Presets({change}: {readonly change: (changed: Partial<Settings>) => void}) {
  return (
    <nav class="presets" aria-label="Comparisons">
      <span>Compare</span>
      {Object.entries(PRESETS).map(([name, losses]) => (
        <button type="button" key={name} onClick={() => change({losses})}>
          {name}
        </button>
      ))}
    </nav>
  );
}
