import {SMALLEST_NORMAL} from '../limits.js';
import {floatLiteral} from '../shaderText.js';

/**
 * Functions that the programs share. A WGSL compiler may take it that there is neither NaN nor infinity, so comparisons of
 * floats do not find these, but tests of their bits do: `isnan` of tfjs, and `isInfinite` here.
 */
export const mathText = `
// Of no scores. The lowest float32 in place of −∞ keeps differences finite; digits of it might be read as beyond all float32.
const LOWEST : f32 = -0x1.fffffep+127;
const SMALLEST_NORMAL : f32 = ${floatLiteral(SMALLEST_NORMAL)};

fn isInfinite(x : f32) -> bool {
  return bitcast<u32>(x) == 0x7f800000u;
}

// Below −104 e^x is less than half of the smallest float32, and x may be −∞.
fn expOfNegative(x : f32) -> f32 {
  return exp(max(x, -104.0));
}

fn inverse(norm : f32) -> f32 {
  if (norm == 0.0) { return 0.0; }
  return 1.0 / norm;
}

// 1 / (1 + e^−x)
fn sigmoid(x : f32) -> f32 {
  let small = expOfNegative(-abs(x));
  return select(small, 1.0, x >= 0.0) / (1.0 + small);
}

// log(1 + e^x). Of t = e^−|x|, log(1 + t) = 2 artanh(t / (2 + t)), the series of which keeps the digits of a small t.
fn softplus(x : f32) -> f32 {
  let t = expOfNegative(-abs(x));
  let z = t / (2.0 + t);
  let q = z * z;
  let series = 1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q / 13.0)))));
  return max(x, 0.0) + 2.0 * z * series;
}
`;
