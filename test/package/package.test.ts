/** The package as users get it: built, packed, installed in a project of its own, and run there. */

import {readFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Program} from 'typescript';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {installPackedPackage, type Project} from './packedPackage.js';
import {compile, errorsIn, namesIn} from './typeCheck.js';
import {typeUse} from './typeUse.js';

const functions = [
  'adjusted',
  'amsoftmax',
  'annealedLambda',
  'arcface',
  'asoftmax',
  'autoScale',
  'booleanOption',
  'choiceOption',
  'combined',
  'combinedMargin',
  'cosface',
  'cosine',
  'focal',
  'generalizedCrossEntropy',
  'hinge',
  'ldam',
  'logitAdjusted',
  'lossFromConfig',
  'lsoftmax',
  'magface',
  'marginDense',
  'marginLogits',
  'normalizedCrossEntropy',
  'normalizedSoftmax',
  'numberOption',
  'poly',
  'psi',
  'reverseCrossEntropy',
  'softmax',
  'toDense',
];
const classes = [
  'AMSoftmaxLoss',
  'ASoftmaxLoss',
  'ArcFaceLoss',
  'CombinedLoss',
  'CombinedMarginLoss',
  'FocalLoss',
  'FormulaLoss',
  'GeneralizedCrossEntropyLoss',
  'HingeLoss',
  'LSoftmaxLoss',
  'LdamLoss',
  'LogitAdjustedLoss',
  'Loss',
  'MagFaceLoss',
  'MarginDense',
  'NormalizedCrossEntropyLoss',
  'NormalizedSoftmaxLoss',
  'PolyLoss',
  'ReverseCrossEntropyLoss',
  'SoftmaxLoss',
];
const constants = ['countsOption', 'direction', 'plain', 'scaleOption'];
const publicNames = [...functions, ...classes, ...constants].sort();
/** What wants tfjs-layers. */
const ofLayers = ['MarginDense', 'marginDense', 'toDense'];
const metrics = [
  'auroc',
  'classAngles',
  'confusionMatrix',
  'equalErrorRate',
  'expectedCalibrationError',
  'fprAtTpr',
  'oscr',
  'recallAtK',
  'rocCurve',
  'tprAtFpr',
];

/** The entry points, what they may import, and the values that they export. */
const tfjs = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'];
const entries = {
  index: {imports: tfjs, values: publicNames},
  core: {imports: ['@tensorflow/tfjs-core'], values: publicNames.filter((name) => !ofLayers.includes(name))},
  metrics: {imports: [], values: metrics},
  recognition: {imports: tfjs, values: ['Recognizer', 'recognizer']},
};

const forPlainPages = ['dist/tfjs-losses.min.js', 'dist/tfjs-losses.min.js.map'];

let project: Project;

beforeAll(async () => {
  project = await installPackedPackage();
}, 60_000);

afterAll(() => project.remove());

const textOf = (file: string) => readFileSync(join(project.installed, file), 'utf8');

describe('the tarball', () => {
  it('holds what it should and nothing else', () => {
    const built = Object.keys(entries).flatMap((entry) =>
      ['cjs', 'cjs.map', 'd.cts', 'd.ts', 'js', 'js.map'].map((ending) => `dist/${entry}.${ending}`),
    );
    expect([...project.files].sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...built, ...forPlainPages].sort(),
    );
  });

  it('names the script for plain pages where content delivery networks look for it', () => {
    const {unpkg, jsdelivr} = project.manifest;
    expect([unpkg, jsdelivr]).toEqual([`./${forPlainPages[0]}`, `./${forPlainPages[0]}`]);
  });

  it('tells what changed in this version', () => {
    expect(textOf('CHANGELOG.md')).toContain(project.manifest.version);
  });

  it('depends on nothing but its peers, and runs nothing when it is installed', () => {
    const {manifest} = project;
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.optionalDependencies).toBeUndefined();
    expect(manifest.bundleDependencies).toBeUndefined();
    expect(Object.keys(manifest.peerDependencies!)).toEqual([
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-layers',
    ]);
    expect(Object.keys(manifest.scripts!).filter((script) => script.includes('install'))).toEqual([]);
  });

  it('imports nothing but its peers, and for the metrics nothing at all', () => {
    for (const [entry, {imports}] of Object.entries(entries)) {
      for (const ending of ['js', 'cjs']) {
        const text = textOf(`dist/${entry}.${ending}`).replace(/^ *(?:\/\/|\*).*$/gm, '');
        const imported = [...text.matchAll(/(?:from|require\() ?["']([^"']+)["']/g)].map(([, name]) => name);
        expect(new Set(imported)).toEqual(new Set(imports));
      }
    }
  });

  it('names no folder of the machine that packed it', () => {
    const folders = [process.cwd(), join(project.folder, '..')];
    for (const file of project.files) {
      for (const folder of folders) expect(textOf(file)).not.toContain(folder);
    }
  });
});

describe('a project that installs it', () => {
  interface Outcome {
    readonly names: string[];
    readonly losses: number[];
    readonly [fact: string]: unknown;
  }

  it.each(['esm.mjs', 'cjs.cjs'])('trains from %s', async (script) => {
    const {names, losses, ...facts} = await project.run<Outcome>(script);
    expect(names.sort()).toEqual(publicNames);
    expect(losses).toHaveLength(40);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
    expect(facts).toEqual({
      isFunction: true,
      isInstance: true,
      layerIsInstance: true,
      formula: '0.25·hinge(Δ=1) + 0.65·lsoftmax(m=4) + 0.34·asoftmax(m=4)',
      accuracy: 1,
      metrics: ['loss', 'acc', 'hinge'],
      ...(script === 'cjs.cjs' && {version: project.manifest.version}),
    });
  });

  it.each(['recognitionEsm.mjs', 'recognitionCjs.cjs'])('recognises from %s', async (script) => {
    expect(await project.run<Record<string, unknown>>(script)).toEqual({
      labels: ['right', null, 'left'],
      auroc: 0.875,
      metrics,
      exported: ['Recognizer', 'recognizer'],
    });
  });

  it('may have both copies of it in one program', async () => {
    const outcome = await project.run<Record<string, unknown>>('bothCopies.mjs');
    expect(outcome.areTwo).toBe(true);
    expect(outcome.areInstances).toEqual([true, true]);
    expect(outcome.esmOnCjs).toEqual(outcome.own);
    expect(outcome.cjsOnEsm).toEqual(outcome.own);
    expect(outcome.mixed).toEqual(outcome.pure);
    expect(outcome.loadedPredictions).toEqual(outcome.predictions);
    expect(outcome.loadedLoss).toEqual(outcome.loss);
  });
});

describe('the types', () => {
  const programs = {
    'as ESM and CommonJS in Node': {files: ['use.mts', 'use.cts'], resolution: 'node'},
    'with a bundler': {files: ['use.ts'], resolution: 'bundler'},
  } as const;

  describe.each(Object.entries(programs))('%s', (_, {files, resolution}) => {
    let program: Program;

    beforeAll(async () => {
      const uses = files.map((file) => join(project.folder, file));
      await Promise.all(uses.map((use) => writeFile(use, typeUse)));
      program = compile(uses, resolution);
    }, 60_000);

    it('are right and complete under strict, with libraries checked', () => {
      expect(errorsIn(project.folder, program)).toEqual([]);
    });

    it('export the values that there are, and declare nothing private', () => {
      const declarations = program
        .getSourceFiles()
        .filter(({fileName}) => fileName.startsWith(project.installed));
      expect(declarations).toHaveLength(4 * files.length);
      for (const file of declarations) {
        const entry = /(\w+)\.d\.c?ts$/.exec(file.fileName)![1] as keyof typeof entries;
        // The hidden ones are what MarginDenseOptions extends, and the options of losses with the defaults filled in.
        const optionsOfLosses = [
          'BlendedMargin',
          'HingeValues',
          'LdamValues',
          'LogitAdjustedValues',
          'SoftmaxValues',
        ];
        const hidden = {core: optionsOfLosses, index: ['DenseOptions'], metrics: [], recognition: []}[entry];
        expect(namesIn(file, program)).toEqual({values: entries[entry].values, hidden});
      }
    });
  });
});
