"""Loads a model of `flowref train` with numpy alone and evaluates its velocity field.

    python load_model.py run/model.safetensors 0.5 1.0 -0.5      # t x0 x1 ...
"""
import json, struct, sys, zlib
import numpy as np

def load(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    meta = header.pop("__metadata__")
    start = data.index(b'"crc32":"') + 9
    assert zlib.crc32(data[:start] + b"0" * 8 + data[start + 8 :]) == int(meta["crc32"], 16), "damaged"
    tensors = {
        name: np.frombuffer(data, "<f4", int(np.prod(e["shape"])), 8 + size + e["data_offsets"][0]).reshape(e["shape"])
        for name, e in header.items()
    }
    return tensors, json.loads(meta["configuration"]) | {"step": int(meta["step"])}

def velocity(tensors, network, t, x, part="average."):
    act = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh, "silu": lambda z: z / (1 + np.exp(-z))}[network["activation"]]
    linear = lambda name, h: h @ tensors[part + name + ".weight"].T + tensors[part + name + ".bias"]
    def chain(name, count, h):
        for k in range(count):
            h = linear(f"{name}.{2 * k}", h if k == 0 else act(h))
        return h
    t = np.full((len(x), 1), t, "f4")
    if network["kind"] == "time_mlp":
        t = chain("time_mlp", 3, t)
    assert network["kind"] != "modulated" and network["classes"] == 0, "see ReferenceNetwork.swift"
    return chain("net", network["layers"], np.concatenate([x, t], 1))

if __name__ == "__main__":
    tensors, configuration = load(sys.argv[1])
    x = np.array([[float(a) for a in sys.argv[3:]]], "f4")
    print(*velocity(tensors, configuration["network"], float(sys.argv[2]), x)[0])
