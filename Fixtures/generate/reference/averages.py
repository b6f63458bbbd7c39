"""What is known of x1 given x: the density of x, and the first two moments of x1."""

from flint import arb


class Moments:
    """density = integral of N(x; alpha y, v I) dq(y); mean = E[y | x]; second = E[y y^T | x]; weights of components."""

    def __init__(self, density, mean, second, weights=None, independent=False):
        self.density, self.mean, self.second, self.weights = density, mean, second, weights
        self.independent = independent

    def covariance(self):
        d, m = len(self.mean), self.mean
        return [
            [arb(0) if self.independent and i != j else self.second[i][j] - m[i] * m[j] for j in range(d)] for i in range(d)
        ]
