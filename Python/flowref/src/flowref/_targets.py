"""Data distributions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from ctypes import c_char_p, c_void_p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._errors import DimensionMismatchError, InvalidFieldError
from ._library import LIBRARY, Handle, call, create
from ._names import CurveName, DensityName, PresetName


class Target:
    """A data distribution. Made by its subclasses, or from the form of the wire protocol."""

    def __init__(self, handle: Handle, request: dict[str, Any]) -> None:
        self._handle = handle
        self._request = request
        self.dimension: int = LIBRARY.flowref_target_dimension(handle.pointer)
        components: int = LIBRARY.flowref_target_components(handle.pointer)
        #: How many components there are to weigh, or ``None``.
        self.components: int | None = components or None

    @classmethod
    def from_request(cls, request: dict[str, Any]) -> Target:
        """The target that the wire protocol describes so."""
        return Target(create("target", "target_create", json.dumps(request).encode()), request)

    @property
    def request(self) -> dict[str, Any]:
        """The target as the wire protocol has it, arrays as lists."""
        return {name: _plain(value) for name, value in self._request.items()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(dimension={self.dimension}, components={self.components})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Target.from_request, (self.request,)

    def sample(self, count: int, *, seed: int = 0, first: int = 0) -> NDArray[np.float64]:
        """Samples ``first`` to ``first + count - 1`` of a seed; each depends on the seed and its number alone."""
        result = np.empty((_natural(count, "count"), self.dimension))
        if count:
            call("target_samples", self._handle.pointer, _word(seed), _word(first), count, _arrays.pointer(result))
        return result


def _plain(value: Any) -> Any:
    if isinstance(value, Target):
        return value.request
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _word(number: int) -> int:
    return int(number) & (1 << 64) - 1


def _natural(number: int, name: str) -> int:
    if number < 0:
        raise InvalidFieldError(f"{name} must be a whole number from 0 on, found {number}", name)
    return int(number)


def _rows(values: Any, name: str) -> NDArray[np.float64]:
    rows, _ = _arrays.read(values, name)
    if rows.ndim != 2 or not rows.size:
        raise DimensionMismatchError(f"{name} has the shape {rows.shape}, expected rows of coordinates", name)
    return rows


def _weights(values: Any, count: int) -> tuple[NDArray[np.float64] | None, int | None]:
    if values is None:
        return None, None
    numbers, _ = _arrays.read(values, "weights")
    if numbers.shape != (count,):
        raise DimensionMismatchError(f"weights has the shape {numbers.shape}, expected ({count},)", "weights")
    return numbers, _arrays.pointer(numbers)


def _texts(labels: Sequence[object] | None, count: int) -> tuple[list[str] | None, Any]:
    if labels is None:
        return None, None
    if isinstance(labels, np.ndarray):
        labels = labels.tolist()
    if len(labels) != count:
        raise DimensionMismatchError(f"labels has {len(labels)} entries, expected {count}", "labels")
    texts = [label_text(one) for one in labels]
    return texts, (c_char_p * count)(*(text.encode() for text in texts))


def label_text(label: object) -> str:
    """A label as a text: a number stands for its shortest form, as on the wire."""
    if isinstance(label, str):
        return label
    number = float(label)  # type: ignore[arg-type]
    return str(int(number)) if number == int(number) else repr(number)


class GaussianMixture(Target):
    """``sum_k w_k N(m_k, S_k)`` with ``S_k = s_k^2 I`` or ``covariances``.

    ``means``: rows. ``std``: one number or one for each component; 0 is a point. ``weights`` are relative (default:
    equal). ``labels``, one for each component, are for guidance.
    """

    def __init__(
        self,
        means: Any,
        std: Any = None,
        *,
        covariances: Any = None,
        weights: Any = None,
        labels: Sequence[object] | None = None,
    ) -> None:
        rows = _rows(means, "means")
        count, dimension = rows.shape
        numbers, weight_place = _weights(weights, count)
        texts, label_place = _texts(labels, count)
        request: dict[str, Any] = {"kind": "gaussian_mixture", "means": rows}
        if (std is None) == (covariances is None):
            raise InvalidFieldError("give either std or covariances", "std")
        if covariances is None:
            stds = np.ascontiguousarray(_arrays.read(std, "std")[0]).reshape(-1)
            request["std"] = float(stds[0]) if stds.size == 1 else stds
            handle = create(
                "target", "target_mixture", dimension, count, _arrays.pointer(rows), _arrays.pointer(stds), stds.size,
                weight_place, label_place,
            )  # fmt: skip
        else:
            matrices, _ = _arrays.read(covariances, "covariances")
            if matrices.shape != (count, dimension, dimension):
                raise DimensionMismatchError(
                    f"covariances has the shape {matrices.shape}, expected {(count, dimension, dimension)}",
                    "covariances",
                )
            request["covariances"] = matrices
            handle = create(
                "target", "target_full_mixture", dimension, count, _arrays.pointer(rows), _arrays.pointer(matrices),
                weight_place, label_place,
            )  # fmt: skip
        super().__init__(handle, _completed(request, numbers, texts))


def _completed(
    request: dict[str, Any], weights: NDArray[np.float64] | None, labels: list[str] | None
) -> dict[str, Any]:
    if weights is not None:
        request["weights"] = weights
    if labels is not None:
        request["labels"] = labels
    return request


class PointCloud(Target):
    """Data points ``sum_k w_k delta(x - x_k)``: the field that a network fits which learns the data by heart."""

    def __init__(self, points: Any, *, weights: Any = None, labels: Sequence[object] | None = None) -> None:
        rows = _rows(points, "points")
        count, dimension = rows.shape
        numbers, weight_place = _weights(weights, count)
        texts, label_place = _texts(labels, count)
        zero = np.zeros(1)
        handle = create(
            "target", "target_mixture", dimension, count, _arrays.pointer(rows), _arrays.pointer(zero), 1,
            weight_place, label_place,
        )  # fmt: skip
        super().__init__(handle, _completed({"kind": "point_cloud", "points": rows}, numbers, texts))


class UniformBoxes(Target):
    """Uniform on boxes, each between two opposite corners."""

    def __init__(self, lower: Any, upper: Any, *, weights: Any = None) -> None:
        low, high = _rows(lower, "lower"), _rows(upper, "upper")
        if low.shape != high.shape:
            raise DimensionMismatchError(f"upper has the shape {high.shape}, expected {low.shape}", "upper")
        numbers, place = _weights(weights, len(low))
        handle = create(
            "target", "target_boxes", low.shape[1], len(low), _arrays.pointer(low), _arrays.pointer(high), place
        )
        super().__init__(handle, _completed({"kind": "uniform_boxes", "lower": low, "upper": high}, numbers, None))


class Product(Target):
    """Independent factors, each a target of its own."""

    def __init__(self, factors: Sequence[Target]) -> None:
        places = (c_void_p * len(factors))(*(one._handle.pointer for one in factors))
        handle = create("target", "target_product", places, len(factors))
        super().__init__(handle, {"kind": "product", "factors": list(factors)})


class _Described(Target):
    def __init__(self, **request: Any) -> None:
        super().__init__(create("target", "target_create", json.dumps(request).encode()), request)


class Preset(_Described):
    """A distribution of the literature: ``Preset("eight_gaussians")``; parameters as in the catalogue."""

    def __init__(self, name: PresetName, **parameters: float) -> None:
        super().__init__(kind="preset", name=name, **parameters)


class Curve(_Described):
    """A curve in the plane with Gaussian noise of a std."""

    def __init__(self, name: CurveName, std: float, **parameters: float) -> None:
        super().__init__(kind="curve", name=name, std=std, **parameters)


class Density(_Described):
    """A density on the line, such as ``Density("laplace", location=0, scale=1)``."""

    def __init__(self, name: DensityName, **parameters: float) -> None:
        super().__init__(kind="density_1d", name=name, **parameters)


class Ring(_Described):
    """A circle in the plane with Gaussian noise of a std."""

    def __init__(self, radius: float, std: float, center: Sequence[float] | None = None) -> None:
        more = {} if center is None else {"center": [float(one) for one in center]}
        super().__init__(kind="ring", radius=radius, std=std, **more)


class DataFile(_Described):
    """The points of a CSV or NPY file, as a cloud."""

    def __init__(self, path: str, **selection: Any) -> None:
        super().__init__(kind="file", path=str(path), **selection)
