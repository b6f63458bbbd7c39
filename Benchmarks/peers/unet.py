"""The U-Net of `flowref train --network unet` in PyTorch: loads its file, gives the same velocities.

    python unet.py run/model.safetensors 0.5 points.csv     # t, and a point per line: prints its velocity
"""
import math, sys

import load_model
import numpy as np
import torch
from torch import nn


def norm(channels):
    return nn.GroupNorm(max(g for g in range(1, 9) if g == 1 or channels % (4 * g) == 0), channels)


class Attention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.norm, self.heads = norm(channels), heads
        self.qkv, self.projection = nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)

    def forward(self, h):
        q, k, v = self.qkv(self.norm(h)).flatten(2).unflatten(1, (3, self.heads, -1)).transpose(-1, -2).unbind(1)
        found = nn.functional.scaled_dot_product_attention(q, k, v)
        return h + self.projection(found.transpose(-1, -2).reshape(h.shape))


class Block(nn.Module):
    def __init__(self, a, b, activation, heads):
        super().__init__()
        self.norm1, self.conv1 = norm(a), nn.Conv2d(a, b, 3, padding=1)
        self.norm2, self.conv2 = norm(b), nn.Conv2d(b, b, 3, padding=1)
        self.skip = nn.Conv2d(a, b, 1) if a != b else nn.Identity()
        self.attention = Attention(b, heads) if heads else nn.Identity()
        self.activation = activation

    def forward(self, h, modulation):
        scale, shift = modulation[:, :, None, None].chunk(2, 1)
        z = self.norm2(self.conv1(self.activation(self.norm1(h)))) * (1 + scale) + shift
        return self.attention(self.skip(h) + self.conv2(self.activation(z)))


class UNet(nn.Module):
    """Images with channels last in one row, as the tool's points; `net` is the configuration's network."""

    def __init__(self, net):
        super().__init__()
        self.sizes = net["height"], net["image_width"], net["channels"]
        channels = [net["width"] * m for m in net["multipliers"]]
        depth, last, e = net["layers"], len(channels) - 1, net["embedding_width"]
        self.activation = {"silu": nn.SiLU, "relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh}[net["activation"]]()
        block = lambda a, b, level, attends=True: Block(a, b, self.activation, net["heads"] * (attends and level == last))
        h, left, widths = channels[0], [channels[0]], []
        self.input, self.down, self.up = nn.Conv2d(net["channels"], h, 3, padding=1), nn.ModuleList(), nn.ModuleList()
        self.reduce, self.enlarge = nn.ModuleList(), nn.ModuleList()
        for k, c in enumerate(channels):
            for _ in range(depth):
                self.down.append(block(h, c, k))
                h, left, widths = c, left + [c], widths + [c]
            if k < last:
                self.reduce.append(nn.Conv2d(c, c, 3, 2, 1))
                left.append(c)
        self.middle = nn.ModuleList([block(h, h, last), block(h, h, last, False)])
        widths += [h, h]
        for k, c in reversed(list(enumerate(channels))):
            for _ in range(depth + 1):
                self.up.append(block(h + left.pop(), c, k))
                h, widths = c, widths + [c]
            if k > 0:
                self.enlarge.insert(0, nn.Conv2d(c, c, 3, padding=1))
        self.output_norm, self.output = norm(h), nn.Conv2d(h, net["channels"], 3, padding=1)
        labelled = e if net["classes"] else 0
        self.label_embedding = nn.Embedding(net["classes"] + 1, e) if labelled else None
        self.time_mlp = nn.Sequential(nn.Linear(e + labelled, e), self.activation, nn.Linear(e, e), self.activation)
        self.modulation, self.widths, self.depth, self.last = nn.Linear(e, 2 * sum(widths)), widths, depth, last
        frequencies = 0.25 * 256.0 ** (torch.arange(e // 2, dtype=torch.float64) / max(e // 2 - 1, 1))
        self.register_buffer("frequencies", frequencies, persistent=False)

    def forward(self, t, x, labels=None):
        """Velocities (or what is predicted) at times t of points x, a row each; no label is the last label."""
        height, width, channels = self.sizes
        turns = 2 * math.pi * t.double()[:, None] * self.frequencies
        clock = torch.cat([turns.sin(), turns.cos()], 1).to(x.dtype)
        if self.label_embedding is not None:
            none = torch.full((len(x),), self.label_embedding.num_embeddings - 1)
            clock = torch.cat([clock, self.label_embedding(none if labels is None else labels)], 1)
        scales = iter(self.modulation(self.time_mlp(clock)).split([2 * w for w in self.widths], 1))
        h = self.input(x.view(-1, height, width, channels).permute(0, 3, 1, 2))
        left = [h]
        for k, block in enumerate(self.down):
            h = block(h, next(scales))
            left.append(h)
            if (k + 1) % self.depth == 0 and k // self.depth < self.last:
                h = self.reduce[k // self.depth](h)
                left.append(h)
        for block in self.middle:
            h = block(h, next(scales))
        for k, block in enumerate(self.up):
            h = block(torch.cat([h, left.pop()], 1), next(scales))
            level = self.last - k // (self.depth + 1)
            if (k + 1) % (self.depth + 1) == 0 and level > 0:
                h = self.enlarge[level - 1](nn.functional.interpolate(h, scale_factor=2.0))
        return self.output(self.activation(self.output_norm(h))).permute(0, 2, 3, 1).reshape(len(x), -1)


def load(path, part="average."):
    """The network of a file with its moving average, which samples are drawn with, or its current weights ("")."""
    tensors, configuration = load_model.load(path)
    network = UNet(configuration["network"])
    network.load_state_dict({name: torch.tensor(tensors[part + name]) for name in network.state_dict()})
    return network


if __name__ == "__main__":
    points = torch.tensor(np.loadtxt(sys.argv[3], delimiter=",", ndmin=2, dtype="f4"))
    with torch.no_grad():
        velocities = load(sys.argv[1])(torch.full((len(points),), float(sys.argv[2])), points)
    np.savetxt(sys.stdout, velocities.numpy(), delimiter=",", fmt="%.9g")
