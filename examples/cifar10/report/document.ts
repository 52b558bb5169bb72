import type {Hyperparameters} from '../experiments/hyperparameters.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {claimsSection} from './claimsSection.js';
import {failuresSection} from './failuresSection.js';
import {type CurvesFigure, curvesFigures, drawCurves} from './figures/curvesFigure.js';
import {gridFigure} from './figures/gridFigure.js';
import {rowsFigure} from './figures/rowsFigure.js';
import {searchFigure} from './figures/searchFigure.js';
import {type ImageLink, section} from './markdown.js';
import {oddMarginsSection} from './oddMarginsSection.js';
import {provenanceSection} from './provenanceSection.js';
import {ofStudy} from './runs.js';
import {randomSearchSection, weightGridSection} from './searchSections.js';
import {summary} from './summary.js';
import {tablesSection} from './tablesSection.js';
import {weightGrid} from './weightGrid.js';

export interface ReportDocument {
  readonly markdown: string;
  /** SVG by the name of its file; only what there are results for. */
  readonly figures: Readonly<Record<string, string>>;
}

/** The whole report. Every number in it comes from the results; `images` is the figures' folder as the page links to it. */
export async function document(
  results: readonly TrialRecord[],
  hyperparameters: Hyperparameters | null,
  images = 'images',
): Promise<ReportDocument> {
  const figures = await drawFigures(results, hyperparameters);
  const image: ImageLink = (name, description) =>
    name in figures ? `![${description}](${images}/${name})` : null;
  const sections = [
    introduction(results),
    tablesSection(results, image),
    claimsSection(results),
    oddMarginsSection(results),
    curvesSection(image),
    randomSearchSection(results, hyperparameters, image),
    weightGridSection(results, hyperparameters, image),
    failuresSection(results),
    provenanceSection(results),
  ];
  return {markdown: `${section(...sections)}\n`, figures};
}

async function drawFigures(
  results: readonly TrialRecord[],
  hyperparameters: Hyperparameters | null,
): Promise<Record<string, string>> {
  const drawn: Record<string, string | null> = {
    'reproduction.svg': await rowsFigure(results),
    'reproduction-random-search.svg': await searchFigure(ofStudy(results, 'random search'), hyperparameters),
    'reproduction-weight-grid.svg': await gridFigure(weightGrid(results)),
  };
  for (const figure of curvesFigures) drawn[curvesFile(figure)] = await drawCurves(results, figure);
  return Object.fromEntries(
    Object.entries(drawn).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

function introduction(results: readonly TrialRecord[]): string {
  return section(
    '# Reproduction',
    'Prabhu & Shelke, “Exploiting Loss Function Properties for Improved Performance”, train a fully connected network on CIFAR-10 ' +
      'with SVM’s hinge loss, softmax, L-Softmax and A-Softmax, alone and in weighted combinations, and find that the losses ' +
      'complement each other. Here their experiments are run again on all of CIFAR-10, by [the trainer](cifar10.md) of this package: ' +
      'both tables, four figures and both searches. The result in one sentence:',
    `> ${summary(results)}`,
    'This page is made from the results by `npm run cifar10 -- report`; nothing in it is typed by hand.',
  );
}

function curvesSection(image: ImageLink): string | null {
  const pictures = curvesFigures.flatMap((figure) => {
    const picture = image(
      curvesFile(figure),
      `${figure.title} against iterations, a panel a family of losses.`,
    );
    return picture === null ? [] : [`### Figure ${figure.number}: ${figure.title.toLowerCase()}`, picture];
  });
  if (pictures.length === 0) return null;
  return section(
    '## Figures 6–9',
    'As in the paper: accuracy against iterations, over the training and the validation images, for the individual and ' +
      'for the combined losses. Lines are means over seeds, bands reach from the least to the most of them; softmax is in ' +
      'each panel, in grey. Training accuracy is that of an epoch as the images were met, with dropout, by the ' +
      'weights of that moment: it may lie below validation accuracy.',
    ...pictures,
  );
}

function curvesFile({number}: CurvesFigure): string {
  return `reproduction-figure-${number}.svg`;
}
