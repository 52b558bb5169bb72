import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import {PIXELS, SIDE} from '../../quickstart/size.js';
import {imageOf, type Stroke} from '../drawing/image.js';
import {drawnByHand, SHAPES} from '../drawing/shapes.js';
import type {OwnClass, Pair, Readings} from '../messages.js';
import type {Settings} from '../settings.js';
import {Answers} from './answers.js';
import {DrawingPad} from './drawingPad.js';
import {OwnClasses} from './ownClasses.js';
import {paintDigit} from './paintDigit.js';
import type {EngineControls} from './useEngine.js';
import {useReadings} from './useReadings.js';

interface DrawSectionProps {
  readonly titles: Pair<string>;
  readonly controls: EngineControls;
  readonly settings: Settings;
  readonly readings: Readings | null;
  readonly onReadings: (readings: Readings | null) => void;
}

/** Draw something, and see what both networks say of it. */
export function DrawSection({titles, controls, settings, readings, onReadings}: DrawSectionProps) {
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [taken, setTaken] = useState<Float32Array | null>(null);
  const [falseReject, setFalseReject] = useState(0.05);
  const [classes, setClasses] = useState<readonly OwnClass[]>([]);
  const image = useMemo(() => taken ?? imageOf(strokes), [taken, strokes]);
  const preview = useRef<HTMLCanvasElement>(null);
  const {opened} = controls;
  const digits = Array.from({length: 10}, (_, digit) => digit);
  const knownNames = digits.filter((digit) => !settings.strangers.includes(digit)).map(String);
  const request = useMemo(
    () => image && {image, falseReject, classes: classes.filter(({name}) => !knownNames.includes(name))},
    [image, falseReject, classes, settings.strangers],
  );
  const {isBusy, error} = useReadings(controls, request, onReadings);

  useEffect(() => paintDigit(preview.current!, image ?? new Float32Array(PIXELS)), [image]);

  const draw = (next: readonly Stroke[]) => {
    setTaken(null);
    setStrokes(next);
  };
  const takeDigit = () => {
    const place = Math.floor(Math.random() * opened!.labels.length);
    setStrokes([]);
    setTaken(opened!.images.slice(place * PIXELS, (place + 1) * PIXELS));
  };

  return (
    <section class="draw" aria-labelledby="draw-title">
      <h2 id="draw-title">Draw a digit, or anything else</h2>
      <p class="hint">
        The same networks read it, by a second last layer with 64 features: two hold too little to tell what
        is no digit. Below the threshold the answer is “unknown”.
      </p>
      <div class="drawing">
        <div>
          <DrawingPad strokes={strokes} onStrokes={draw} />
          <div class="buttons">
            <button type="button" onClick={() => draw([])}>
              Clear
            </button>
            <button type="button" disabled={!opened} onClick={takeDigit}>
              Take a test digit
            </button>
            <select
              aria-label="Draw a shape"
              value=""
              onChange={({currentTarget}) => {
                draw(drawnByHand(SHAPES[currentTarget.value]!));
                currentTarget.value = '';
              }}
            >
              <option value="">Draw a shape …</option>
              {Object.keys(SHAPES).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </div>
          <p class="preview">
            <canvas ref={preview} width={SIDE} height={SIDE} />
            what the networks see: 28 × 28 pixels, centred as in MNIST
          </p>
        </div>
        <div>
          <Answers titles={titles} readings={readings} isBusy={isBusy} />
          {error && (
            <p class="problem" role="alert">
              {error}
            </p>
          )}
          <div class="slider">
            <label for="false-reject">Refuse</label>
            <input
              id="false-reject"
              type="range"
              min={0}
              max={0.2}
              step={0.01}
              value={falseReject}
              onInput={({currentTarget}) => setFalseReject(currentTarget.valueAsNumber)}
            />
            <output for="false-reject">{Math.round(100 * falseReject)} %</output>
          </div>
          <p class="hint">
            of 1,000 validation digits: that makes the threshold. The more it refuses of them, the less of
            what is no digit gets in.
          </p>
          <OwnClasses image={image} knownNames={knownNames} classes={classes} onClasses={setClasses} />
        </div>
      </div>
    </section>
  );
}
