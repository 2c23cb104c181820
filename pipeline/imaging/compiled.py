"""How kernels are compiled: without the interpreter's lock, and kept on disk where a folder can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

from numba import njit

Kernel = Callable[..., Any]


@overload
def compiled(function: Kernel) -> Kernel: ...


@overload
def compiled(*, forceinline: bool) -> Callable[[Kernel], Kernel]: ...


def compiled(function: Kernel | None = None, *, forceinline: bool = False) -> Kernel | Callable[[Kernel], Kernel]:
    """Compile ``function`` at its first call.

    The machine code is kept under ``NUMBA_CACHE_DIR``, else beside the source or in the user's cache folder. Not
    ``parallel=True``: numba's threading layers abort under two threads, or after a fork.
    """

    def compile_one(kernel: Kernel) -> Kernel:
        # numpy's error model divides by zero as the hardware does; Python's would put a branch into every loop.
        options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "forceinline": forceinline}
        try:
            return njit(cache=True, **options)(kernel)  # type: ignore[no-any-return]
        except RuntimeError:  # No folder can be written: numba refuses to cache, and compiling each time still works.
            return njit(**options)(kernel)  # type: ignore[no-any-return]

    return compile_one if function is None else compile_one(function)
