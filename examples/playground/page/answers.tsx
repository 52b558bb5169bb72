import type {Pair, Reading, Readings} from '../messages.js';

interface AnswersProps {
  readonly titles: Pair<string>;
  readonly readings: Readings | null;
  /** Whether they are of an earlier drawing. */
  readonly isBusy: boolean;
}

/** What both networks say of the drawing. */
export function Answers({titles, readings, isBusy}: AnswersProps) {
  const spoken = readings
    ? readings.panels.map(({label}, side) => `${titles[side]}: ${label ?? 'unknown'}`).join('. ')
    : 'Nothing is drawn yet.';
  return (
    <>
      <p class="hidden" role="status">
        {spoken}
      </p>
      <div class="answers" aria-busy={isBusy}>
        {titles.map((title, side) => (
          <AnswerOf key={side} title={title} reading={readings?.panels[side] ?? null} />
        ))}
      </div>
    </>
  );
}

function AnswerOf({title, reading}: {readonly title: string; readonly reading: Reading | null}) {
  if (!reading) {
    return (
      <article class="answer">
        <h3>{title}</h3>
        <p class="said none">–</p>
      </article>
    );
  }
  const {label, nearest, score, threshold, runnerUp, quality} = reading;
  return (
    <article class="answer">
      <h3>{title}</h3>
      <p class={label === null ? 'said unknown' : 'said'}>{label ?? 'unknown'}</p>
      <div class="score" aria-hidden="true">
        <span class="bar" style={{width: `${100 * score}%`}} />
        <span class="threshold" style={{left: `${100 * threshold}%`}} />
      </div>
      <p>
        {label === null && `nearest is ${nearest}, `}score {score.toFixed(3)}, threshold{' '}
        {threshold.toFixed(3)}
        {runnerUp && `; then ${runnerUp.label} with ${runnerUp.score.toFixed(3)}`}
      </p>
      <p class="hint">
        Of test digits it reads {percent(quality.right)} right and refuses {percent(quality.refused)}.
        {quality.strangers &&
          ` Of digits that it was not trained with it refuses ${percent(quality.strangers.refused)} (AUROC ${quality.strangers.auroc.toFixed(3)}).`}
      </p>
    </article>
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
