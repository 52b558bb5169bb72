import {useEffect, useState} from 'preact/hooks';
import {titleOf} from '../losses.js';
import type {Pair, Readings} from '../messages.js';
import {fromHash, type Settings, toHash} from '../settings.js';
import {AccuracyChart} from './charts.js';
import {DrawSection} from './drawSection.js';
import {Panel} from './panel.js';
import {Presets} from './presets.js';
import {Toolbar} from './toolbar.js';
import {useEngine} from './useEngine.js';

const SIDES = [0, 1] as const;

export function App() {
  const [{settings, problems}, setRead] = useState(() => fromHash(location.hash));
  const [readings, setReadings] = useState<Readings | null>(null);
  const controls = useEngine(settings);
  const {opened, history, report, error} = controls;
  const titles: Pair<string> = [titleOf(settings.losses[0]), titleOf(settings.losses[1])];
  const change = (changed: Partial<Settings>) => setRead({settings: {...settings, ...changed}, problems: []});

  useEffect(() => window.history.replaceState(null, '', toHash(settings)), [settings]);
  useEffect(() => {
    const read = () => setRead(fromHash(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);

  return (
    <>
      <header>
        <h1>A playground of classification losses</h1>
        <p>
          Two networks learn handwritten digits, with the same start and the same batches. Only the losses
          differ. Each dot is a digit that they have not been trained with, where the network puts it in the
          plane. All of it happens in your browser, by{' '}
          <a href="https://www.npmjs.com/package/tfjs-losses">tfjs-losses</a>.
        </p>
      </header>
      <main>
        {[...problems, ...(error === null ? [] : [`Something went wrong: ${error}.`])].map((problem) => (
          <p class="problem" role="alert" key={problem}>
            {problem}
          </p>
        ))}
        <Toolbar settings={settings} change={change} controls={controls} />
        <Presets change={change} />
        {settings.strangers.length > 0 && (
          <p class="hint">
            Crosses are digits that neither network is trained with. They have no place of their own.
          </p>
        )}
        <div class="panels">
          {SIDES.map((side) => (
            <Panel
              key={side}
              side={side}
              title={titles[side]}
              terms={settings.losses[side]}
              onTerms={(terms) => {
                const [left, right] = settings.losses;
                change({losses: side === 0 ? [terms, right] : [left, terms]});
              }}
              strangers={settings.strangers}
              opened={opened}
              report={report?.panels[side] ?? null}
              history={history}
              drawn={readings && report?.step === readings.step ? readings.panels[side].feature : null}
            />
          ))}
        </div>
        <AccuracyChart titles={titles} history={history} />
        <DrawSection
          titles={titles}
          controls={controls}
          settings={settings}
          readings={readings}
          onReadings={setReadings}
        />
      </main>
    </>
  );
}
