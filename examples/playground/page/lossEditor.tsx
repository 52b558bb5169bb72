import {LOSSES, type Parameter, type Term, termOf, WEIGHT} from '../losses.js';

interface LossEditorProps {
  readonly side: 0 | 1;
  readonly terms: readonly Term[];
  readonly onTerms: (terms: readonly Term[]) => void;
}

/** The terms of a loss: which, with what weight and what parameters. */
export function LossEditor({side, terms, onTerms}: LossEditorProps) {
  const replace = (place: number, ...by: Term[]) =>
    onTerms([...terms.slice(0, place), ...by, ...terms.slice(place + 1)]);
  return (
    <div class="loss">
      {terms.map((term, place) => (
        <fieldset key={place}>
          <legend class="hidden">{`Term ${place + 1}`}</legend>
          <div class="choice">
            <select
              aria-label={`Loss of term ${place + 1}`}
              value={term.loss}
              onChange={({currentTarget}) => replace(place, termOf(currentTarget.value, term.weight))}
            >
              {Object.entries(LOSSES).map(([name, {title}]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
            <button
              type="button"
              aria-label={`Remove term ${place + 1}`}
              disabled={terms.length === 1}
              onClick={() => replace(place)}
            >
              ✕
            </button>
          </div>
          <p class="hint">{LOSSES[term.loss]!.hint}</p>
          {terms.length > 1 && (
            <Slider
              id={`weight-${side}-${place}`}
              parameter={WEIGHT}
              value={term.weight}
              onValue={(weight) => replace(place, {...term, weight})}
            />
          )}
          {LOSSES[term.loss]!.parameters.map((parameter) => (
            <Slider
              key={parameter.name}
              id={`${parameter.name}-${side}-${place}`}
              parameter={parameter}
              value={term.values[parameter.name]!}
              onValue={(value) =>
                replace(place, {...term, values: {...term.values, [parameter.name]: value}})
              }
            />
          ))}
        </fieldset>
      ))}
      <button type="button" onClick={() => onTerms([...terms, termOf('hinge', 0.5)])}>
        Add a term
      </button>
    </div>
  );
}

interface SliderProps {
  readonly id: string;
  readonly parameter: Omit<Parameter, 'name'>;
  readonly value: number;
  readonly onValue: (value: number) => void;
}

function Slider({id, parameter, value, onValue}: SliderProps) {
  const {symbol, hint, least, largest, step, optionAt} = parameter;
  const option = optionAt?.(value);
  return (
    <div class="slider" title={hint}>
      <label for={id}>
        {symbol}
        <span class="hidden">, {hint}</span>
      </label>
      <input
        id={id}
        type="range"
        min={least}
        max={largest}
        step={step}
        value={value}
        onInput={({currentTarget}) => onValue(currentTarget.valueAsNumber)}
      />
      <output for={id}>{typeof option === 'string' ? option : value}</output>
    </div>
  );
}
