import {LARGEST, LOWEST, SMALLEST_NORMAL} from '../limits.js';
import {floatLiteral} from '../shaderText.js';

/**
 * Functions that the programs share. A GLSL compiler may take it that there is no NaN, so that comparisons do not find one, but
 * `isnan` of tfjs does.
 */
export const mathText = `
// Of no scores. The lowest float32 in place of −∞ keeps differences finite.
const float LOWEST = ${floatLiteral(LOWEST)};
const float SMALLEST_NORMAL = ${floatLiteral(SMALLEST_NORMAL)};

bool isInfinite(float x) {
  return x > ${floatLiteral(LARGEST)};
}

// Below −104 e^x is less than half of the smallest float32, and x may be −∞.
float expOfNegative(float x) {
  return isnan(x) ? x : exp(max(x, -104.0));
}

float reciprocal(float norm) {
  return norm == 0.0 ? 0.0 : 1.0 / norm;
}

// 1 / (1 + e^−x)
float sigmoid(float x) {
  float small = expOfNegative(-abs(x));
  return (x >= 0.0 ? 1.0 : small) / (1.0 + small);
}

// log(1 + e^x). Of t = e^−|x|, log(1 + t) = 2 artanh(t / (2 + t)), the series of which keeps the digits of a small t.
float softplus(float x) {
  float t = expOfNegative(-abs(x));
  float z = t / (2.0 + t);
  float q = z * z;
  float series = 1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q / 13.0)))));
  return max(x, 0.0) + 2.0 * z * series;
}

// To which no mass adds nothing, be the gap infinite.
float massTimes(float mass, float gap) {
  return mass == 0.0 ? 0.0 : mass * gap;
}
`;
