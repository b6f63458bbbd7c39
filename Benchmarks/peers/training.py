"""Training speed beside torch and jax: samples per second, medians of rounds that take turns.

    python training.py path/to/flowref [rounds] [HxB,...]

The same work for everyone: a network 3-H-H-H-H-2 with SiLU, Adam, float32, two threads; every step draws a
batch (eight Gaussians, conditional flow matching on x = t x1 + (1-t) x0), makes the gradient, updates.
Needs torch and jax; a round of an engine is a process of its own, so that none disturbs another.
"""
import json, os, statistics, subprocess, sys, time

CASES = [(128, 256), (128, 4096), (512, 256), (512, 1000), (512, 4096)]
SECONDS = 2.0
THREADS = 2


def measure(step, batch):
    """Samples per second over SECONDS, after a warm-up."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < 0.7:
        step()
    count, begin = 0, time.perf_counter()
    while (seconds := time.perf_counter() - begin) < SECONDS:
        step()
        count += 1
    return batch * count / seconds


def torch_rate(width, batch):
    import torch

    torch.set_num_threads(THREADS)
    act = torch.nn.SiLU
    sizes = [3, width, width, width, width, 2]
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(a, b), act()]
    net = torch.nn.Sequential(*layers[:-1])
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    angles = torch.arange(8) * (torch.pi / 4)
    means = 4 * torch.stack([angles.cos(), angles.sin()], 1)

    def step():
        x1 = means[torch.randint(8, (batch,))] + 0.3 * torch.randn(batch, 2)
        x0, t = torch.randn(batch, 2), torch.rand(batch, 1)
        x = t * x1 + (1 - t) * x0
        loss = (net(torch.cat([x, t], 1)) - (x1 - x0)).square().sum(1).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    return measure(step, batch)


def jax_rate(width, batch):
    import jax, jax.numpy as jnp

    sizes = [3, width, width, width, width, 2]
    key = jax.random.PRNGKey(0)
    params = []
    for a, b in zip(sizes, sizes[1:]):
        key, k = jax.random.split(key)
        params.append((jax.random.uniform(k, (a, b), minval=-1, maxval=1) / a**0.5, jnp.zeros(b)))
    angles = jnp.arange(8) * (jnp.pi / 4)
    means = 4 * jnp.stack([jnp.cos(angles), jnp.sin(angles)], 1)

    def loss(params, x, t, u):
        h = jnp.concatenate([x, t], 1)
        for w, b in params[:-1]:
            h = jax.nn.silu(h @ w + b)
        w, b = params[-1]
        return jnp.square(h @ w + b - u).sum(1).mean()

    @jax.jit
    def update(state, key):
        params, m, v, n = state
        k = jax.random.split(key, 5)
        x1 = means[jax.random.randint(k[0], (batch,), 0, 8)] + 0.3 * jax.random.normal(k[1], (batch, 2))
        x0, t = jax.random.normal(k[2], (batch, 2)), jax.random.uniform(k[3], (batch, 1))
        g = jax.grad(loss)(params, t * x1 + (1 - t) * x0, t, x1 - x0)
        n = n + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        params = jax.tree.map(
            lambda p, m, v: p - 1e-3 * m / (1 - 0.9**n) / (jnp.sqrt(v / (1 - 0.999**n)) + 1e-8), params, m, v)
        return (params, m, v, n), k[4]

    zeros = jax.tree.map(jnp.zeros_like, params)
    state = [(params, zeros, zeros, jnp.float32(0)), key]

    def step():
        state[:] = update(*state)
        state[1].block_until_ready()

    return measure(step, batch)


def product_rate(size, batch):
    """GFLOP/s of torch's own product of batch x size and size x size."""
    import torch

    torch.set_num_threads(THREADS)
    a, b, c = torch.randn(batch, size), torch.randn(size, size), torch.empty(batch, size)
    return measure(lambda: torch.mm(a, b, out=c), 2e-9 * batch * size * size)


def flowref_rate(flowref, width, batch):
    done = subprocess.run(
        [flowref, "benchmark", "training", "--width", str(width), "--batch", str(batch), "--seconds",
         str(SECONDS), "--threads", str(THREADS)], capture_output=True, text=True, check=True)  # fmt: skip
    return json.loads(done.stdout)["samples_per_second"]


def child(engine, width, batch):
    environment = dict(os.environ, OMP_NUM_THREADS=str(THREADS), JAX_PLATFORMS="cpu")
    done = subprocess.run(
        [sys.executable, __file__, "--engine", engine, str(width), str(batch)],
        capture_output=True, text=True, env=environment)  # fmt: skip
    return float(done.stdout) if done.returncode == 0 else float("nan")


def main(flowref, rounds, cases):
    print("| H | batch | flowref | torch | jax | beside the faster | GFLOP/s | of torch's product |")
    print("|---|---|---|---|---|---|---|---|")
    for width, batch in cases:
        rates = {"flowref": [], "torch": [], "jax": [], "product": []}
        for _ in range(rounds):
            rates["flowref"].append(flowref_rate(flowref, width, batch))
            for engine in ("torch", "jax"):
                rates[engine].append(child(engine, width, batch))
            rates["product"].append(child("product", 512, 4096))
        f, t, j, p = (statistics.median(rates[k]) for k in ("flowref", "torch", "jax", "product"))
        best = max(x for x in (t, j) if x == x) if t == t or j == j else float("nan")
        flop = 2 * (3 * 3 * width * width + 2 * 3 * width + 3 * 2 * width) * 1e-9 * f
        print(f"| {width} | {batch} | {f:,.0f} | {t:,.0f} | {j:,.0f} | {f / best:.2f} | {flop:.0f} | {flop / p:.0%} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--engine":
        work = {"torch": torch_rate, "jax": jax_rate, "product": product_rate}[sys.argv[2]]
        print(work(int(sys.argv[3]), int(sys.argv[4])))
    else:
        cases = [tuple(map(int, c.split("x"))) for c in sys.argv[3].split(",")] if len(sys.argv) > 3 else CASES
        main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5, cases)
