"""Small valid files of every kind that a reader reads, for a fuzzer to start from: seeds.py DIRECTORY."""

import json
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def npy(version, header, data):
    text = header.encode("latin-1")
    size = 8 + (2 if version == 1 else 4)
    text += b" " * (-(size + 2 + len(text) + 1) % 64) + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


def tensors(entries, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, kind, shape, values in entries:
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def seeds():
    cases = json.loads((ROOT / "Fixtures/schedule/ot.json").read_text())
    yield "json", [json.dumps(c["request"]).encode() for c in cases["cases"][:8]] + [
        b'{"a":[1,2.5e-3,[],{}],"b":"\\u00e9\\n","c":null,"d":true}', b"[" * 60 + b"]" * 60]
    yield "csv", [
        b"x,y\n1,2\n3.5,-4e-2\n", b'"a b","c"\r\n"1",2\r\n', b"1;2\n3;4\n", b"1,2,cat\n3,4,dog\n", b"1\t2\n"]
    floats = struct.pack("<6d", 1, 2, 3, 4, 5, 6)
    yield "npy", [
        npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }", floats),
        npy(2, "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 2), }", floats),
        npy(3, "{'descr': '>i4', 'fortran_order': False, 'shape': (2, 2, 3), }", bytes(48)),
        npy(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }", b"\0\1\1\0"),
        npy(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 1), }", b"\0\x3c\0\xbc")]
    yield "safetensors", [
        tensors([("a", "F32", [2], struct.pack("<2f", 1, 2)), ("b", "F16", [1, 1], b"\0\x3c")], {"step": "1"}),
        tensors([("a", "BF16", [3], bytes(6)), ("b", "F64", [], bytes(8))], {"crc32": "00000000"})]
    cases["cases"] = cases["cases"][:2]
    yield "fixture", [json.dumps(cases).encode()]


for name, texts in seeds():
    folder = pathlib.Path(sys.argv[1]) / name
    folder.mkdir(parents=True, exist_ok=True)
    for k, text in enumerate(texts):
        (folder / f"seed-{k}").write_bytes(text)
