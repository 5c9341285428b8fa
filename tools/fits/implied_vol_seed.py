#!/usr/bin/env python3
"""Prints the coefficients of src/DealerFlow.Kernels/ImpliedVol/DeviationSeed.cs (the near seed) and their errors.

    python3 tools/fits/implied_vol_seed.py        about 15 s; needs mpmath

Nothing that is promised rests on these fits: a seed that is off costs a second step, and the tests measure w itself.
"""
from mpmath import chebyfit, erfc, exp, expm1, findroot, linspace, log, log1p, lu_solve, matrix, mp, mpf, nstr, pi, polyval, sqrt

mp.dps = 50


def show(name, error, **coefficients):
    print(f"{name}: largest error {nstr(error, 3)}")
    for key, values in coefficients.items():
        print(f"  {key}: {', '.join(nstr(value, 17) for value in values)}")


def relative_polynomial(name, f, low, high, degree):
    """Chebyshev fit, lowest power first."""
    p = chebyfit(f, [low, high], degree + 1)
    error = max(abs(polyval(p, x) / f(x) - 1) for x in linspace(mpf(low), mpf(high), 400))
    show(name, error, coefficients=p[::-1])


def solve_symmetric(rows, targets, weights):
    """Weighted least squares by its normal equations; 50 digits make them harmless."""
    size = len(rows[0])
    m, r = matrix(size, size), matrix(size, 1)
    for row, target, weight in zip(rows, targets, weights):
        for i in range(size):
            for j in range(i, size):
                m[i, j] += weight * row[i] * row[j]
            r[i] += weight * row[i] * target
    for i in range(size):
        for j in range(i):
            m[i, j] = m[j, i]
    return list(lu_solve(m, r))


def lawson(errors, weights):
    """Weights for the next round: towards the least largest error."""
    largest = max(errors)
    weights = [w * (e / largest + mpf("0.02")) for w, e in zip(weights, errors)]
    total = sum(weights)
    return largest, [w * len(weights) / total for w in weights]


def density(a):
    return exp(-a * a / 2) / sqrt(2 * pi)


def rho(a):
    """Bachelier's time value over the distance of strike and forward, A = distance/deviation."""
    return density(a) / a - erfc(a / sqrt(2)) / 2


def bachelier_inverse(top, bottom):
    """A²/L² over L = ln(1 + 1/ρ) as a quotient of degrees top and bottom, relative."""
    grid = [mpf(10) ** (mpf(-4) + mpf(i) * mpf("5.1") / 160) for i in range(161)] + [mpf(i) / 20 for i in range(4, 260)]
    x = [log(1 + 1 / rho(a)) for a in sorted(grid) if a <= 13]
    f = [(a / l) ** 2 for a, l in zip((a for a in sorted(grid) if a <= 13), x)]
    weights, q_before, best = [mpf(1)] * len(x), [mpf(1)] * len(x), None
    for _ in range(40):
        rows = [[v ** k for k in range(top + 1)] + [-g * v ** k for k in range(1, bottom + 1)] for v, g in zip(x, f)]
        solution = solve_symmetric(rows, f, [w / (g * q) ** 2 for w, g, q in zip(weights, f, q_before)])
        p, q = solution[:top + 1], [mpf(1)] + solution[top + 1:]
        q_before = [polyval(q[::-1], v) for v in x]
        errors = [abs(polyval(p[::-1], v) / b / g - 1) for v, b, g in zip(x, q_before, f)]
        largest, weights = lawson(errors, weights)
        if best is None or largest < best[0]:
            best = (largest, p, q)
    show(f"A^2/L^2 on [0, {nstr(x[-1], 3)}]", best[0], P=best[1], Q=best[2])


def lognormal_growth(powers):
    """(w/s − 1)/s² as a polynomial in s² and h² on [0, 1] x [0, 1], the error as a share of w."""
    points = []
    for i in range(13):
        h = (mpf(i) / 12) ** 2
        for j in range(1, 15):
            w = mpf(j) / 14
            if h > 7 * w:
                continue
            c = (erfc((h / w - w / 2) / sqrt(2)) - exp(h) * erfc((h / w + w / 2) / sqrt(2))) / 2
            s = sqrt(2 * pi) * c if h == 0 else h / distance(c / expm1(h))
            if s <= 1:
                points.append((s * s, h * h, (w / s - 1) / (s * s)))
    weights, best = [mpf(1)] * len(points), None
    for _ in range(30):
        rows = [[u ** a * y ** b for a, b in powers] for u, y, _ in points]
        solution = solve_symmetric(rows, [t for _, _, t in points], [k * u * u for k, (u, _, _) in zip(weights, points)])
        errors = [abs(u * (sum(c * v for c, v in zip(solution, row)) - t)) for row, (u, _, t) in zip(rows, points)]
        largest, weights = lawson(errors, weights)
        if best is None or largest < best[0]:
            best = (largest, solution)
    show(f"(w/s - 1)/s^2 in powers (s^2, h^2) {powers}", best[0], coefficients=best[1])


def distance(value):
    """A of ρ(A) = value."""
    start = sqrt(2 * log(1 + 1 / value)) if value < 1 else mpf("0.3989") / value
    start = start if start < 1.5 else start - log(start) / start
    return findroot(lambda a: log(rho(a)) - log(value), (start, start * mpf("1.05")), solver="secant", tol=1e-60)


if __name__ == "__main__":
    relative_polynomial("(e^h - 1)/h on [0, 1]", lambda h: expm1(h) / h if h else mpf(1), 0, 1, 5)
    relative_polynomial("ln(1 + f)/f on [sqrt(1/2) - 1, sqrt(2) - 1]", lambda f: log1p(f) / f if f else mpf(1), sqrt(mpf(1) / 2) - 1, sqrt(mpf(2)) - 1, 7)
    bachelier_inverse(4, 5)
    lognormal_growth([(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)])
