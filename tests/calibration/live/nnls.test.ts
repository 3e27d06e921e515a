/** Non-negative least squares against solutions by hand and of SciPy (scipy.optimize.nnls, examples of its manual). */
import { deepEqual, ok } from 'node:assert/strict';
import test from 'node:test';
import { nnls } from '../../../calibration/live/nnls.ts';

const near = (got: readonly number[], expected: readonly number[]): void => {
  deepEqual(got.length, expected.length);
  got.forEach((value, at) => {
    ok(Math.abs(value - expected[at]!) < 1e-9, `${got} instead of ${expected}`);
  });
};

test("SciPy's examples: means, and a corner at zero", () => {
  const a = [
    [1, 0],
    [1, 0],
    [0, 1],
  ];
  near(nnls(a, [2, 1, 1]), [1.5, 1]);
  near(nnls(a, [-1, -1, -1]), [0, 0]);
});

test('a solution inside is that of least squares; one outside goes to the nearest face', () => {
  // Exact: x = (1, 2).
  near(
    nnls(
      [
        [1, 1],
        [1, 2],
        [2, 1],
      ],
      [3, 5, 4],
    ),
    [1, 2],
  );
  // Unconstrained x = (2, −1); on the face x2 = 0 the minimum of (x−1)² + (x−3)² is 2.
  near(
    nnls(
      [
        [1, 1],
        [1, -1],
      ],
      [1, 3],
    ),
    [2, 0],
  );
});

test('a column of zeros stays at zero and a variable that was taken in may leave again', () => {
  near(
    nnls(
      [
        [0, 1],
        [0, 2],
      ],
      [1, 2],
    ),
    [0, 1],
  );
  // Columns almost parallel: the first enters by its gradient, then the second alone fits exactly.
  near(
    nnls(
      [
        [10, 1],
        [0, 1],
      ],
      [1, 1],
    ),
    [0, 1],
  );
});
