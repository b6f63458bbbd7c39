"""Training speed of a U-Net beside torch: samples per second, medians of rounds that take turns.

    python images.py path/to/flowref [rounds]

The same work for everyone: the network of unet.py (width 32, depth 1, multipliers 1 and 2, four heads), Adam, float32,
two threads; every step draws a batch of images and of noise (conditional flow matching on x = t x1 + (1-t) x0), makes the
gradient, updates. Torch in its default layout and with channels last. A round of an engine is a process of its own.
"""
import json, os, statistics, sys

import training

CASES = [((8, 8, 1), 64), ((8, 8, 1), 256), ((16, 16, 3), 64), ((16, 16, 3), 256)]
WIDTH = 32


def torch_rate(size, batch, layout):
    import torch
    import unet

    torch.set_num_threads(training.THREADS)
    height, width, channels = size
    net = unet.UNet({
        "height": height, "image_width": width, "channels": channels, "width": WIDTH, "multipliers": [1, 2],
        "layers": 1, "heads": 4, "embedding_width": 64, "activation": "silu", "classes": 0,
    })  # fmt: skip
    if layout == "last":
        net = net.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    images = torch.randn(256, height * width * channels)

    def step():
        x1 = images[torch.randint(len(images), (batch,))]
        x0, t = torch.randn_like(x1), torch.rand(batch, 1)
        loss = (net(t[:, 0], t * x1 + (1 - t) * x0) - (x1 - x0)).square().sum(1).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    return training.measure(step, batch)


def peak(arguments):
    """What a command prints, and its peak resident size in MB."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(training.THREADS))
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(write, 1)
        os.execvpe(arguments[0], arguments, environment)
    os.close(write)
    text = os.fdopen(read).read()
    status, usage = os.wait4(child, 0)[1:]
    assert status == 0, arguments
    return text, usage.ru_maxrss / 1024


def main(flowref, rounds):
    print("| image | batch | flowref | torch | torch, channels last | beside the faster | GFLOP/s | MB | torch's MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for size, batch in CASES:
        rates, memory, gflops = {}, {}, []
        for _ in range(rounds):
            text, memory["flowref"] = peak(
                [flowref, "benchmark", "training", "--image", "x".join(map(str, size)), "--width", str(WIDTH), "--batch",
                 str(batch), "--seconds", str(training.SECONDS), "--threads", str(training.THREADS)])  # fmt: skip
            rates.setdefault("flowref", []).append(json.loads(text)["samples_per_second"])
            gflops.append(json.loads(text)["gflop_per_second"])
            for layout in ("default", "last"):
                text, memory[layout] = peak(
                    [sys.executable, __file__, "--engine", "x".join(map(str, size)), str(batch), layout])
                rates.setdefault(layout, []).append(float(text))
        f, t, c = (statistics.median(rates[k]) for k in ("flowref", "default", "last"))
        print(
            f"| {'x'.join(map(str, size))} | {batch} | {f:,.0f} | {t:,.0f} | {c:,.0f} | {f / max(t, c):.2f} "
            f"| {statistics.median(gflops):.0f} | {memory['flowref']:.0f} | {min(memory['default'], memory['last']):.0f} |",
            flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--engine":
        print(torch_rate(tuple(map(int, sys.argv[2].split("x"))), int(sys.argv[3]), sys.argv[4]))
    else:
        main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5)
