/**
 * The operations of formulas that GLSL has not, or not to the last digits of float32; in text of which WGSL can be made. Compilers for
 * graphics processors may take it that there is no NaN, so that comparisons do not find one; `isnan` looks at its bits.
 */
export const shaderMath = `
// The maximum of no logits, in place of −∞, so that differences are finite.
const float LOWEST = -3.4028234e38;

// a / b, and 0 where b is 0.
float divided(float a, float b) {
  if (b == 0.0) { return 0.0; }
  return a / b;
}

// The smaller of two, and the larger: NaN where a is.
float minOf(float a, float b) {
  if (isnan(a)) { return a; }
  return min(a, b);
}

float maxOf(float a, float b) {
  if (isnan(a)) { return a; }
  return max(a, b);
}

// Below −104 e^x is less than half of the smallest float32, and x may be −∞.
float expOfNegative(float x) {
  if (isnan(x)) { return x; }
  return exp(max(x, -104.0));
}

// e^x − 1
float expm1(float x) {
  if (abs(x) > 0.5) { return exp(x) - 1.0; }
  float series = 1.0 + x / 6.0 * (1.0 + x / 7.0 * (1.0 + x / 8.0));
  return x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * series))));
}

// log(sum·e^−gap)
float logOdds(float sum, float gap) {
  if (sum == 0.0) { return LOWEST - gap; }
  return log(sum) - gap;
}

// log(1 + sum·e^−gap). Of t = e^−|x|, log(1 + t) = 2 artanh(t/(2 + t)), whose series keeps the digits of a small t.
float crossEntropy(float sum, float gap) {
  float x = logOdds(sum, gap);
  float t = expOfNegative(-abs(x));
  float z = t / (2.0 + t);
  float q = z * z;
  float tail = 1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q / 13.0));
  return max(x, 0.0) + 2.0 * z * (1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * tail)));
}

// e^−gap / (1 + sum·e^−gap)
float crossEntropySlope(float sum, float gap) {
  float x = logOdds(sum, gap);
  float t = expOfNegative(-abs(x));
  return divided(select(t, 1.0, x >= 0.0) / (1.0 + t), sum);
}

// cos of x + quarters·π/2, quarters ≥ 0. WGSL allows its own an error of 2⁻¹¹; these polynomials are those of the Cephes library
// (Moshier, 1989), and π/2 is in three parts, of which products with small integers are exact.
float cosOfTurned(float x, float quarters) {
  float turns = floor(x * 0.636619772 + 0.5);
  float r = ((x - turns * 1.5703125) - turns * 4.837512969970703e-4) - turns * 7.549789954891e-8;
  float z = r * r;
  float cosine = 1.0 - 0.5 * z + z * z * (4.166664568e-2 + z * (-1.388731625e-3 + z * 2.443315712e-5));
  float sine = r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  float place = (turns + quarters) - 4.0 * floor((turns + quarters) / 4.0);
  float size = select(cosine, sine, place == 1.0 || place == 3.0);
  return select(size, -size, place == 1.0 || place == 2.0);
}

float cosOf(float x) {
  return cosOfTurned(x, 0.0);
}

float sinOf(float x) {
  return cosOfTurned(x, 3.0);
}

// The angle of the point (x, y), in (−π, π]; arctan t = π/4 + arctan((t − 1)/(t + 1)), where t > tan(π/8).
float polarAngle(float y, float x) {
  float t = divided(min(abs(x), abs(y)), max(abs(x), abs(y)));
  float reduced = select(t, (t - 1.0) / (t + 1.0), t > 0.414213562);
  float z = reduced * reduced;
  float series = -3.33329491539e-1 + z * (1.99777106478e-1 + z * (-1.38776856032e-1 + z * 8.05374449538e-2));
  float first = select(0.0, 0.785398163, t > 0.414213562) + (reduced + reduced * z * series);
  float steep = select(first, 1.57079633 - first, abs(y) > abs(x));
  float upper = select(steep, 3.14159265 - steep, x < 0.0);
  return select(upper, -upper, y < 0.0);
}
`;
