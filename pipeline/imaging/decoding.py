"""Images are decoded in a child process with limits: what a hostile or broken file does there, it does to that child.

The parent holds a :class:`SceneWorker`, which sends one request a line of JSON and reads one answer a line. A child
serves many scenes; one that dies, outgrows its memory or its time is replaced, and only its scene is refused. Neither
rasterio nor numba is imported in the parent.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from pipeline.imaging.errors import ImageError, StorageError
from pipeline.imaging.prepared import PreparedScene, PreprocessRequest, SceneRequest
from pipeline.imaging.storage import is_storage_failure

_KEPT_ENVIRONMENT: Final = ("HOME", "LANG", "LC_ALL", "NUMBA_CACHE_DIR", "PATH", "TMPDIR", "VIRTUAL_ENV")
"""The child sees no more of the environment than this: passwords and secrets stay with the parent."""
_ROOT: Final = Path(__file__).parents[2]


_PATIENCE_S: Final = 10.0
_PIXELS_A_LIMIT: Final = 4096 * 4096
_IDLE_SHARE: Final = 0.02
"""A decoder that ran for less of the time than this was not slow: its storage kept it waiting."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one scene may cost."""

    memory_bytes: int = 5 << 30
    """Of address space, the libraries included. A scene is read piece by piece, so the largest takes no more than one
    of 8192²."""
    cpu_s: int = 120
    """Of a scene up to 4096²; of a larger one as many times more as it has pixels."""
    wall_s: float = 240.0
    """Likewise."""


class SceneWorker:
    """A replaceable child process that decodes one image after the other. For use by one thread at a time.

    As a context manager it ends the child on leaving.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self._served = 0
        self._unread = b""
        self._times = 1
        self._started = self._ran_before_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self, request: SceneRequest) -> tuple[PreparedScene, ...]:
        """:func:`pipeline.imaging.preparation.prepare_scene` in the child.

        Raises
        ------
        StorageError
            If the place where the files lie fails: another try may find it well.
        ImageError
            If the image cannot be used, or decoding it crashes or breaks a limit.
        """
        answer = self._ask("prepare_scene", request.as_json(), request.sar_path)
        return tuple(PreparedScene.from_json(scene) for scene in answer)

    def preprocess(self, request: PreprocessRequest) -> Mapping[str, Any]:
        """:func:`pipeline.imaging.preprocessing.preprocess` in the child; raises as :meth:`prepare` does."""
        answer: dict[str, Any] = self._ask("preprocess", request.as_json(), request.source)
        return answer

    def end(self) -> None:
        """Kill the child, from whatever thread: what is asked of it fails at once. :meth:`close` is to follow."""
        child = self._child
        if child is not None:
            child.kill()

    def close(self) -> None:
        """End the child. The next request would start another."""
        child, self._child = self._child, None
        self._unread = b""
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):
                    pipe.close() if pipe is not None else None
            # One that waits for a dead disk in the kernel ends when the disk answers; we do not wait for that.
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(_PATIENCE_S)
        if self._complaints is not None:
            self._complaints.close()
            self._complaints = None

    def _ask(self, function: str, request: Mapping[str, Any], path: Path) -> Any:
        answer = self._answer(function, request, path)
        if answer.get("out_of_memory"):
            was_worn = self._served > 1
            self.close()
            # A child that has served before may have run full on others' account.
            answer = self._answer(function, request, path) if was_worn else answer
        if "error" in answer:
            kind = StorageError if answer.get("is_storage") else ImageError
            raise kind(answer.get("path") or path, answer["error"])
        return answer["result"]

    def _answer(self, function: str, request: Mapping[str, Any], path: Path) -> dict[str, Any]:
        child = self._living_child()
        assert child.stdin is not None  # noqa: S101 - for the type checker; it was opened as a pipe
        self._served += 1
        try:
            child.stdin.write(json.dumps({"function": function, "request": request}).encode() + b"\n")
            child.stdin.flush()
            return self._read_answer(child)
        except TimeoutError as error:
            raise self._given_up(path, child) from error
        except (BrokenPipeError, EOFError) as error:
            raise ImageError(path, self._cause_of_death(child)) from error

    def _living_child(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        self._served = 0
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(self._limits.memory_bytes), str(self._limits.cpu_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=_child_environment(),
        )
        return self._child

    def _read_answer(self, child: subprocess.Popen[bytes]) -> dict[str, Any]:
        """Waits longer once the child has told that the scene is a large one."""
        self._ran_before_s = _cpu_s(child.pid)
        self._started = time.monotonic()
        self._times = 1
        while True:
            answer: dict[str, Any] = json.loads(self._read_line(child))
            if "pixels" not in answer:
                return answer
            self._times = _times(answer["pixels"])

    def _read_line(self, child: subprocess.Popen[bytes]) -> bytes:
        assert child.stdout is not None  # noqa: S101 - for the type checker; it was opened as a pipe
        line = self._unread
        while b"\n" not in line:
            remaining = self._started + self._limits.wall_s * self._times - time.monotonic()
            if remaining <= 0 or not select.select([child.stdout], [], [], remaining)[0]:
                raise TimeoutError
            piece = os.read(child.stdout.fileno(), 1 << 16)
            if not piece:
                raise EOFError
            line += piece
        first, _, self._unread = line.partition(b"\n")
        return first

    def _given_up(self, path: Path, child: subprocess.Popen[bytes]) -> ImageError:
        """Ends the child, which took too long."""
        ran_s = _cpu_s(child.pid) - self._ran_before_s
        self.close()
        wall_s = self._limits.wall_s * self._times
        reason = f"was given up after {wall_s:g} s"
        if ran_s < _IDLE_SHARE * wall_s:
            return StorageError(path, f"{reason}, {ran_s:.0f} s of which it was worked on: its storage does not answer")
        return ImageError(path, reason)

    def _cause_of_death(self, child: subprocess.Popen[bytes]) -> str:
        """Ends what is left of the child, and says why it ended."""
        code = child.wait()
        last_words = self._last_words()
        self.close()
        if code == -signal.SIGXCPU:
            return f"was given up after {self._limits.cpu_s * self._times} s of processor time"
        if code == -signal.SIGKILL:
            return "could not be decoded: the decoder was killed, perhaps for want of memory"
        if code < 0:
            return f"could not be decoded: the decoder crashed ({signal.Signals(-code).name}); the file may be damaged"
        return f"could not be decoded: the decoder ended with code {code} ({last_words})"

    def _last_words(self) -> str:
        if self._complaints is None:
            return "no message"
        self._complaints.seek(0)
        lines = self._complaints.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "no message")


def _child_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    # One thread a child: linear algebra's thread pools would only eat its address space.
    return kept | {"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}


def _times(pixels: int) -> int:
    """How many times a scene of this size may take what one of 4096² may."""
    return max(1, -(-pixels // _PIXELS_A_LIMIT))


def _cpu_s(pid: int) -> float:
    """Processor time of a process so far; 0 where that cannot be known."""
    try:
        # After the name in brackets, which may hold anything: state, ..., utime and stime as the 12th and 13th.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return 0.0


def main(arguments: list[str]) -> None:
    """The child: limits itself, then answers line by line until its input ends, as it does when the parent dies."""
    memory_bytes, cpu_s = (int(argument) for argument in arguments)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl-C reaches all processes of a terminal; whether a scene is finished first is the parent's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Libraries print what they like; only answers may reach the parent.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)

        def answer(content: Mapping[str, Any]) -> None:
            answers.write(json.dumps(content, allow_nan=False) + "\n")
            answers.flush()

        def announce(pixels: int) -> None:
            if _times(pixels) > 1:
                _allow_cpu(cpu_s * _times(pixels))
                answer({"pixels": pixels})

        for line in sys.stdin:
            _allow_cpu(cpu_s)
            answer(_work(json.loads(line), announce))


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, hard))


def _work(job: Mapping[str, Any], announce: Callable[[int], None]) -> dict[str, Any]:
    try:
        # Here, so that running out of memory while loading them is told like any other.
        from pipeline.imaging import preparation, preprocessing

        if job["function"] == "preprocess":
            return {"result": preprocessing.preprocess(PreprocessRequest.from_json(job["request"]), announce)}
        prepared = preparation.prepare_scene(SceneRequest.from_json(job["request"]), announce)
        return {"result": [scene.as_json() for scene in prepared]}
    except ImageError as error:
        return {"error": error.reason, "path": str(error.path), "is_storage": isinstance(error, StorageError)}
    except MemoryError:
        return {"error": "needs more memory than one scene may take; cut it into smaller scenes", "out_of_memory": True}
    except OSError as error:
        reason = f"could not be prepared: {error.strerror or error}"
        return {"error": reason, "is_storage": is_storage_failure(error)}
    except Exception as error:  # One scene's fault must not end an import of thousands
        return {"error": f"could not be prepared ({type(error).__name__}: {error})"}


if __name__ == "__main__":
    import logging

    logging.getLogger("rasterio").setLevel(logging.CRITICAL)
    main(sys.argv[1:])
