"""Kernels: loops over arrays that run as plain Python on small data, compiled on large.

A kernel is a function over numpy arrays and numbers in the subset that numba compiles.
Small inputs must start quickly, so they run it as it stands; above ``COMPILE_ABOVE``
items it is compiled once a process (and kept in numba's own cache, never in a
workspace). Both do the same floating-point operations in the same order, so results
are equal to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

Kernel = TypeVar("Kernel", bound=Callable[..., object])

COMPILE_ABOVE = 20_000

Array = Any  # numpy.ndarray; Any so that plain and compiled calls share one signature


@cache
def _compiled(function: Kernel) -> Kernel:
    import numba

    return cast("Kernel", numba.njit(cache=True, nogil=True)(function))


def kernel(function: Kernel, items: int) -> Kernel:
    """``function`` itself for few items, compiled for many.

    >>> def double(x): return 2 * x
    >>> kernel(double, 10) is double
    True
    """
    return function if items <= COMPILE_ABOVE else _compiled(function)
