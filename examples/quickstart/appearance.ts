import type {TopLevelSpec} from 'vega-lite';

/** What Vega-Lite puts side by side in a picture. */
export type View = Extract<TopLevelSpec, {concat: unknown}>['concat'][number];

/** The side of a panel, in pixels. */
export const PANEL_SIDE = 276;

export const INK = '#1f2430';
export const PAPER = '#fbfbfd';
export const FAINT = '#5b6474';

/** Petroff's ten colours, chosen to stay apart for people with a colour-vision deficiency (arXiv:2107.02270). */
export const CLASS_COLOURS = [
  '#3f90da',
  '#ffa90e',
  '#bd1f01',
  '#94a4a2',
  '#832db6',
  '#a96b59',
  '#e76300',
  '#b9ac70',
  '#717581',
  '#92dadd',
];
