/**
 * Non-negative least squares: min ‖A x − b‖ with x ≥ 0, by Lawson and Hanson's active set (Solving Least Squares
 * Problems, 1974, chapter 23). Normal equations: the systems here have a dozen unknowns.
 */

/** @param a rows of equal length. @returns x, one for each column; columns of zeros stay at 0 */
export function nnls(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const n = a[0]?.length ?? 0;
  const x = new Array<number>(n).fill(0);
  const free = new Set<number>();
  for (let round = 0; round < 3 * n + 10; round++) {
    const residual = b.map((value, r) => value - dot(a[r]!, x));
    const gradient = Array.from({ length: n }, (_, c) =>
      a.reduce((sum, row, r) => sum + row[c]! * residual[r]!, 0),
    );
    const scale = Math.max(...gradient.map(Math.abs), 1e-300);
    let best = -1;
    for (let c = 0; c < n; c++)
      if (!free.has(c) && gradient[c]! > 1e-10 * scale && (best < 0 || gradient[c]! > gradient[best]!))
        best = c;
    if (best < 0 || gradient[best]! < 1e-12) return x;
    free.add(best);
    for (;;) {
      const columns = [...free];
      const z = solve(a, b, columns);
      if (z.every((value) => value > 0)) {
        x.fill(0);
        columns.forEach((c, at) => {
          x[c] = z[at]!;
        });
        break;
      }
      let step = 1;
      columns.forEach((c, at) => {
        if (z[at]! <= 0) step = Math.min(step, x[c]! / (x[c]! - z[at]! || 1e-300));
      });
      columns.forEach((c, at) => {
        x[c]! += step * (z[at]! - x[c]!);
        if (x[c]! <= 1e-14) {
          x[c] = 0;
          free.delete(c);
        }
      });
      if (free.size === 0) break;
    }
  }
  return x;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * b[at]!, 0);

/** Least squares over some columns: normal equations by Gauss with pivots; a singular column comes out as 0. */
function solve(
  a: readonly (readonly number[])[],
  b: readonly number[],
  columns: readonly number[],
): number[] {
  const size = columns.length;
  const m = columns.map((p) => [
    ...columns.map((q) => a.reduce((sum, row) => sum + row[p]! * row[q]!, 0)),
    a.reduce((sum, row, r) => sum + row[p]! * b[r]!, 0),
  ]);
  for (let at = 0; at < size; at++) {
    let pivot = at;
    for (let r = at + 1; r < size; r++) if (Math.abs(m[r]![at]!) > Math.abs(m[pivot]![at]!)) pivot = r;
    [m[at], m[pivot]] = [m[pivot]!, m[at]!];
    if (Math.abs(m[at]![at]!) < 1e-300) continue;
    for (let r = 0; r < size; r++) {
      if (r === at) continue;
      const factor = m[r]![at]! / m[at]![at]!;
      for (let c = at; c <= size; c++) m[r]![c]! -= factor * m[at]![c]!;
    }
  }
  return m.map((row, at) => (Math.abs(row[at]!) < 1e-300 ? 0 : row[size]! / row[at]!));
}
