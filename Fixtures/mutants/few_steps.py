"""Methods of few steps: polynomials through denoisers, integrated against exp(lambda)."""

from mpmath import mp, mpf

from mixtures import Posterior, parse_target
from paths import parse, schedule
from solvers import combine
from switches import wrong
from wire import Refusal, number, vector

HISTORY = {"ddim": 1, "heun_sigma": 1, "dpmpp_2m": 2, "unipc_2": 2, "dpmpp_3m": 3, "unip_3": 3, "unipc_3": 3}


class Run:
    def __init__(self, request):
        if "source" in request or "points" in request:
            raise Refusal("unsupported", "source")
        self.path, self.target, self.x = parse(request["path"]), parse_target(request["target"]), vector(request["x"], "x")
        if len(self.x) != len(self.target[1][0]):
            raise Refusal("dimension_mismatch", "x")
        self.method = request["method"]
        if self.method not in HISTORY:
            raise Refusal("invalid_field", "method")
        times = [number(t, "times") for t in request["times"]]
        if any(not 0 <= t <= 1 for t in times) or len(times) < 2:
            raise Refusal("out_of_domain", "times")
        signs = {(b > a) - (b < a) for a, b in zip(times, times[1:])}
        if signs not in ({1}, {-1}):
            raise Refusal("out_of_domain", "times")
        self.times, self.c = times, [schedule(self.path, t, 1 - t) for t in times]
        if any(c.s == 0 for c in self.c[:-1]):
            raise Refusal("singular", "times")
        self.logs = [None if c.a == 0 or c.s == 0 else mp.log(c.a / c.s) for c in self.c]

    def denoiser(self, k, x):
        return Posterior(self.target, self.c[k], x).mean("E")

    def h(self, k):
        """Between time k - 1 and time k; None where it is infinite."""
        return None if None in self.logs[k - 1 : k + 1] else self.logs[k] - self.logs[k - 1]

    def moments(self, k, count):
        """alpha_t times the integrals of h exp(-h (1 - theta)) theta^n."""
        h = self.h(k) * (2 if wrong("few_log_snr_doubled") else 1)
        found = [1 - mp.exp(-h)]
        for n in range(1, count):
            found.append(1 - n * found[-1] / h)
        return [self.c[k].a * m for m in found]

    def held(self, k, x, d):
        if wrong("few_euler_in_time"):
            step = self.times[k] - self.times[k - 1]
            return combine([1, step], [x, Posterior(self.target, self.c[k - 1], x).velocity()], len(x))
        ratio = self.c[k].s / self.c[k - 1].s
        return combine([ratio, self.c[k].a - self.c[k - 1].a * ratio], [x, d], len(x))

    def past(self, k, known):
        """Divided differences (D - D_0)/r of the denoisers before, with their r < 0."""
        out, total = [], mpf(0)
        for j in range(1, len(known)):
            if self.h(k - j) is None:
                break
            total -= self.h(k - j)
            r = total / self.h(k)
            if wrong("few_ratio_inverted"):
                r = 1 / r
            out.append((r, [(a - b) / r for a, b in zip(known[j], known[0])]))
        return out

    def with_differences(self, k, x, d, points, halves):
        """The polynomial through the points, or half of the first difference where `halves` says so."""
        plain = self.held(k, x, d)
        if not points:
            return plain
        if len(points) == 1 and halves:
            return combine([1, self.moments(k, 1)[0] / 2], [plain, points[0][1]], len(x))
        n = len(points)
        moments = self.moments(k, n + 1)[1:]
        matrix = mp.matrix([[r**i for r, _ in points] for i in range(n)])
        weights = mp.lu_solve(matrix, mp.matrix(moments))
        return combine([1, *weights], [plain, *[d for _, d in points]], len(x))

    def multistep(self, k, x, known):
        points = self.past(k, known)
        if self.method == "dpmpp_3m" and len(points) > 1 and not wrong("few_whole_second_difference"):
            (r, first), (s, second) = points
            bend = [(b - a) / (s - r) for a, b in zip(first, second)]
            slope = [a - r * b for a, b in zip(first, bend)]
            _, one, two = self.moments(k, 3)
            return combine([1, one, two / 2], [self.held(k, x, known[0]), slope, bend], len(x))
        if wrong("few_second_order_only"):
            points = points[:1]
        return self.with_differences(k, x, known[0], points, True)

    def heun(self, k, x, d):
        a, b = self.c[k - 1], self.c[k]
        s, t = a.s / a.a, b.s / b.a
        y = [v / a.a for v in x]
        slope = [(p - q) / s for p, q in zip(y, d)]
        ahead = [p + (t - s) * q for p, q in zip(y, slope)]
        again = [(p - q) / t for p, q in zip(ahead, self.denoiser(k, [v * b.a for v in ahead]))]
        if wrong("few_heun_by_its_end"):
            slope = again
        return [b.a * (p + (t - s) * (u + v) / 2) for p, u, v in zip(y, slope, again)]


def few_step_map(request):
    run = Run(request)
    x, last = run.x, len(run.times) - 1
    known = [run.denoiser(0, x)]
    for k in range(1, last + 1):
        known = known[: HISTORY[run.method]]
        newest = known[::-1] if wrong("few_oldest_first") else known
        infinite = run.h(k) is None
        if infinite and len(newest) > 1 and wrong("few_extrapolated_last_step"):
            new = run.held(k, x, [2 * a - b for a, b in zip(newest[0], newest[1])])
        elif infinite or run.method == "ddim":
            new = run.held(k, x, newest[0])
        elif run.method == "heun_sigma":
            new = run.heun(k, x, newest[0])
        else:
            new = run.multistep(k, x, newest)
        if k == last:
            return new
        ahead = run.denoiser(k, new)
        if run.method.startswith("unipc") and not infinite and not wrong("few_corrector_dropped"):
            points = run.past(k, newest) + [(mpf(1), [a - b for a, b in zip(ahead, newest[0])])]
            new = run.with_differences(k, x, newest[0], points, True)
            if wrong("few_corrector_asked_again"):
                ahead = run.denoiser(k, new)
        x, known = new, [ahead] + known
    raise AssertionError
