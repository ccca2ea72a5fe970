/**
 * P(X ≥ k) for X binomial with n trials of probability p: how likely so many bad events are if the true rate is p.
 * Summed from the lower tail; meant for n·p below some tens, where the first term does not underflow.
 */
export function binomialTail(n: number, p: number, k: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  let term = Math.exp(n * Math.log1p(-p));
  let below = term;
  for (let i = 1; i < k; i += 1) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    below += term;
    if (below >= 1) return 0;
  }
  return Math.max(0, 1 - below);
}
