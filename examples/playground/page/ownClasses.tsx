import {useState} from 'preact/hooks';
import type {OwnClass} from '../messages.js';

/** So many drawings make a class. */
const SHOTS = 3;

interface OwnClassesProps {
  readonly image: Float32Array | null;
  /** Names that are taken: those of the digits that are trained. */
  readonly knownNames: readonly string[];
  readonly classes: readonly OwnClass[];
  readonly onClasses: (classes: readonly OwnClass[]) => void;
}

/** Enrols classes of the user's own from a few drawings, without training, and forgets them. */
export function OwnClasses({image, knownNames, classes, onClasses}: OwnClassesProps) {
  const [name, setName] = useState('');
  const [drawings, setDrawings] = useState<readonly Float32Array[]>([]);
  const [said, say] = useState('');
  const trimmed = name.trim();
  const isTaken = knownNames.includes(trimmed) || classes.some((known) => known.name === trimmed);

  const add = (drawing: Float32Array) => {
    const images = [...drawings, drawing];
    if (images.length < SHOTS) {
      setDrawings(images);
      say(`${images.length} of ${SHOTS} drawings of ${trimmed}. Draw it again.`);
      return;
    }
    onClasses([...classes, {name: trimmed, images}]);
    setDrawings([]);
    setName('');
    say(`${trimmed} is a class now.`);
  };

  return (
    <section class="own" aria-labelledby="own-title">
      <h3 id="own-title">A class of your own</h3>
      <p class="hint">Draw it {SHOTS} times, and add each drawing. Nothing is trained for it.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (image && trimmed !== '' && !isTaken) add(image);
        }}
      >
        <label>
          Name
          <input
            value={name}
            maxLength={20}
            placeholder="star"
            autocomplete="off"
            disabled={drawings.length > 0}
            onInput={({currentTarget}) => setName(currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={!image || trimmed === '' || isTaken}>
          Add this drawing ({drawings.length} of {SHOTS})
        </button>
      </form>
      <p class="hint" role="status">
        {isTaken && drawings.length === 0 && trimmed !== '' ? `${trimmed} is a class already.` : said}
      </p>
      {classes.length > 0 && (
        <ul>
          {classes.map((known) => (
            <li key={known.name}>
              {known.name}
              <button
                type="button"
                aria-label={`Forget ${known.name}`}
                onClick={() => {
                  onClasses(classes.filter((other) => other !== known));
                  say(`${known.name} is forgotten.`);
                }}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
