"""Which library is loaded on which processor."""

import json

import pytest

from flowref import _processor

V3 = ["avx2", "fma"]
LISTED = [
    {"file": "libflowref-x86-64-v4.so", "level": "x86-64-v4", "needs": [*V3, "avx512f"]},
    {"file": "libflowref-x86-64-v3.so", "level": "x86-64-v3", "needs": V3},
    {"file": "libflowref-x86-64.so", "level": "x86-64", "needs": []},
]


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    def make(listed, flags):
        (tmp_path / "_libraries.json").write_text(json.dumps({"libraries": listed}))
        monkeypatch.setattr(_processor, "HERE", tmp_path)
        monkeypatch.setattr(_processor, "flags", lambda: frozenset(flags))
        monkeypatch.delenv("FLOWREF_LIBRARY", raising=False)
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("flags", "level"),
    [([], "x86-64"), (["avx2"], "x86-64"), (["avx2", "fma", "sse"], "x86-64-v3"), ([*V3, "avx512f"], "x86-64-v4")],
)
def test_the_first_that_can_run(wheel, flags, level):
    folder = wheel(LISTED, flags)
    assert _processor.library() == folder / f"libflowref-{level}.so"


def test_by_hand(wheel, monkeypatch):
    folder = wheel(LISTED, [])
    monkeypatch.setenv("FLOWREF_LIBRARY", "x86-64-v3")
    assert _processor.library() == folder / "libflowref-x86-64-v3.so"
    monkeypatch.setenv("FLOWREF_LIBRARY", "/elsewhere/lib.so")
    assert str(_processor.library()) == "/elsewhere/lib.so"


def test_another_machine_is_told(wheel):
    wheel([{"file": "libflowref-native.so", "level": "native", "needs": ["avx512f", "fma"]}], ["fma"])
    with pytest.raises(ImportError, match="with avx512f, which this one has not"):
        _processor.library()


def test_this_machine():
    assert _processor.library().exists()
