#!/usr/bin/env python3
"""Constants of densities at 50 digits: python3 Fixtures/generate/gamma_remainders.py > Fixtures/quadrature/gamma.csv

Every row: a function, its arguments and its value as the nearest double and what is missing, straight from the definitions with
mpmath's log Gamma at 80 digits:

    stirling     delta(z) = log Gamma(z) - (z - 1/2) log z + z - log(2 pi)/2
    half_step    log Gamma(z + 1/2) - log Gamma(z) - log(z)/2
    beta         delta(a) + delta(b) - delta(a + b)
    beta_middle  log of the beta density on [0, 1] at 1/2: (a + b - 2) log(1/2) - log B(a, b)
    student      log of Student's t density with nu degrees at its centre"""

from mpmath import log, loggamma, mp, mpf, pi

mp.dps = 80


def delta(z):
    return loggamma(z) - (z - mpf(1) / 2) * log(z) + z - log(2 * pi) / 2


def half_step(z):
    return loggamma(z + mpf(1) / 2) - loggamma(z) - log(z) / 2


def beta(a, b):
    return delta(a) + delta(b) - delta(a + b)


def beta_middle(a, b):
    return (a + b - 2) * log(mpf(1) / 2) - (loggamma(a) + loggamma(b) - loggamma(a + b))


def student(nu):
    return loggamma((nu + 1) / 2) - loggamma(nu / 2) - log(pi * nu) / 2


def row(name, function, *arguments):
    value = function(*map(mpf, arguments))
    nearest = float(value)
    padded = [repr(float(x)) for x in arguments] + [""] * (2 - len(arguments))
    print(",".join([name, *padded, repr(nearest), f"{float(value - mpf(nearest)):.3e}"]))


def main():
    print("function,p0,p1,value,tail")
    singles = [m * 10.0**e for e in range(-3, 8) for m in (1, 1.7, 3, 5.5, 9.99)]
    for z in singles:
        row("stirling", delta, z)
        row("half_step", half_step, z)
    pairs = [1e-3, 0.01, 0.05, 0.3, 0.5, 0.9, 1, 1.5, 2, 2.5, 3, 5, 8, 12.3, 30, 100, 1e3, 12345.678, 1e5, 1e6]
    for a in pairs:
        for b in pairs:
            row("beta", beta, a, b)
            row("beta_middle", beta_middle, a, b)
    for nu in [0.5, 0.7, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 30, 31.9, 32, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]:
        row("student", student, nu)


if __name__ == "__main__":
    main()
