/**
 * ψ(θ) = (−1)^k cos(mθ) − 2k on [kπ/m, (k + 1)π/m], k = 0 … m − 1, straight from its definition in terms of
 * the angle. (The library computes it from cos θ and never sees θ.)
 */
export function psiOfAngle(theta: number, m: number): number {
  const k = segment(theta, m);
  return sign(k) * Math.cos(m * theta) - 2 * k;
}

/** dψ/d(cos θ) = (−1)^k · m · sin(mθ) / sin θ; its limit at θ = 0 and π, where sin θ = 0, is m². */
export function psiSlopeInCosine(theta: number, m: number): number {
  const sine = Math.sin(theta);
  // Below this sine the quotient differs from m² by less than m⁴·1e-16, and 0/0 lurks.
  if (sine < 1e-8) {
    return m * m;
  }
  return (sign(segment(theta, m)) * m * Math.sin(m * theta)) / sine;
}

function segment(theta: number, m: number): number {
  return Math.min(m - 1, Math.floor((m * theta) / Math.PI));
}

function sign(k: number): number {
  return k % 2 === 0 ? 1 : -1;
}
