import {useState} from 'preact/hooks';
import {BACKENDS, type BackendChoice, LEAST_KNOWN, type Settings} from '../settings.js';
import type {EngineControls} from './useEngine.js';

interface ToolbarProps {
  readonly settings: Settings;
  readonly change: (changed: Partial<Settings>) => void;
  readonly controls: EngineControls;
}

/** Play, step, reset, and what both networks have in common. */
export function Toolbar({settings, change, controls}: ToolbarProps) {
  const {engine, isPlaying, report, opened} = controls;
  const speed = report?.millisecondsPerStep;
  return (
    <section class="toolbar" aria-label="Training">
      <div class="buttons">
        <button
          type="button"
          class="primary"
          disabled={!engine}
          onClick={isPlaying ? controls.pause : controls.play}
        >
          {isPlaying ? 'Pause' : 'Play'}
        </button>
        <button type="button" disabled={!engine || isPlaying} onClick={controls.step}>
          Step
        </button>
        <button type="button" disabled={!engine} onClick={controls.reset}>
          Reset
        </button>
      </div>
      <p class="status" data-testid="status">
        {report && opened
          ? `step ${report.step}${speed ? `, ${speed.toFixed(0)} ms each` : ''}, on ${opened.backend}`
          : 'loading the digits …'}
      </p>
      <label>
        Seed
        <input
          type="number"
          min={0}
          max={1e6}
          step={1}
          value={settings.seed}
          onChange={({currentTarget}) => {
            if (currentTarget.checkValidity() && currentTarget.value !== '') {
              change({seed: currentTarget.valueAsNumber});
            }
          }}
        />
      </label>
      <label>
        Backend
        <select
          value={settings.backend}
          onChange={({currentTarget}) => change({backend: currentTarget.value as BackendChoice})}
        >
          {BACKENDS.map((backend) => (
            <option key={backend}>{backend}</option>
          ))}
        </select>
      </label>
      <Strangers strangers={settings.strangers} change={change} />
      <CopyLink />
    </section>
  );
}

/** The digits that take no part in training. */
function Strangers({strangers, change}: Pick<ToolbarProps, 'change'> & Pick<Settings, 'strangers'>) {
  return (
    <fieldset class="digits">
      <legend>Train with</legend>
      {Array.from({length: 10}, (_, digit) => {
        const isKnown = !strangers.includes(digit);
        return (
          <label key={digit}>
            <input
              type="checkbox"
              checked={isKnown}
              disabled={isKnown && strangers.length >= 10 - LEAST_KNOWN}
              onChange={() =>
                change({
                  strangers: isKnown
                    ? [...strangers, digit].sort()
                    : strangers.filter((other) => other !== digit),
                })
              }
            />
            {digit}
          </label>
        );
      })}
    </fieldset>
  );
}

function CopyLink() {
  const [said, say] = useState('');
  return (
    <div class="copy">
      <button
        type="button"
        onClick={() =>
          navigator.clipboard.writeText(location.href).then(
            () => say('Copied.'),
            () => say('Copy it from the address bar.'),
          )
        }
      >
        Copy link
      </button>
      <span role="status">{said}</span>
    </div>
  );
}
