"""Images are decoded in a child process with limits: what a hostile or broken file does there, it does to that child.

The parent holds a :class:`SceneWorker`, which sends one request a line of JSON and reads one answer a line. A child
serves many scenes; one that dies, outgrows its memory or its time is replaced, and only its scene is refused. Neither
rasterio nor numba is imported in the parent.
"""

from __future__ import annotations

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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from pipeline.imaging.errors import ImageError, StorageError
from pipeline.imaging.prepared import PreparedScene, PreprocessRequest, SceneRequest

_KEPT_ENVIRONMENT: Final = ("HOME", "LANG", "LC_ALL", "NUMBA_CACHE_DIR", "PATH", "TMPDIR", "VIRTUAL_ENV")
"""The child sees no more of the environment than this: passwords and secrets stay with the parent."""
_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one scene may cost."""

    memory_bytes: int = 5 << 30
    """Of address space, the libraries included; the largest scene takes 4 GiB."""
    cpu_s: int = 120
    wall_s: float = 240.0


class SceneWorker:
    """A replaceable child process that decodes one image after the other. For use by one thread at a time.

    As a context manager it ends the child on leaving.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self._served = 0

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

    def close(self) -> None:
        """End the child. The next request would start another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()
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
            line = self._read_line(child)
        except (BrokenPipeError, TimeoutError, EOFError) as error:
            raise ImageError(path, self._cause_of_death(child, error)) from error
        answer: dict[str, Any] = json.loads(line)
        return answer

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

    def _read_line(self, child: subprocess.Popen[bytes]) -> bytes:
        assert child.stdout is not None  # noqa: S101 - for the type checker; it was opened as a pipe
        deadline = time.monotonic() + self._limits.wall_s
        line = bytearray()
        while not line.endswith(b"\n"):
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not select.select([child.stdout], [], [], remaining)[0]:
                raise TimeoutError
            piece = os.read(child.stdout.fileno(), 1 << 16)
            if not piece:
                raise EOFError
            line += piece
        return bytes(line)

    def _cause_of_death(self, child: subprocess.Popen[bytes], error: Exception) -> str:
        """Ends what is left of the child, and says why it ended."""
        if isinstance(error, TimeoutError):
            self.close()
            return f"was given up after {self._limits.wall_s:g} s"
        code = child.wait()
        last_words = self._last_words()
        self.close()
        if code == -signal.SIGXCPU:
            return f"was given up after {self._limits.cpu_s} s of processor time"
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


def main(arguments: list[str]) -> None:
    """The child: limits itself, then answers line by line until its input ends, as it does when the parent dies."""
    memory_bytes, cpu_s = (int(argument) for argument in arguments)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Libraries print what they like; only answers may reach the parent.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        for line in sys.stdin:
            _allow_cpu(cpu_s)
            answers.write(json.dumps(_work(json.loads(line)), allow_nan=False) + "\n")
            answers.flush()


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, hard))


def _work(job: Mapping[str, Any]) -> dict[str, Any]:
    try:
        # Here, so that running out of memory while loading them is told like any other.
        from pipeline.imaging import preparation, preprocessing

        if job["function"] == "preprocess":
            return {"result": preprocessing.preprocess(PreprocessRequest.from_json(job["request"]))}
        prepared = preparation.prepare_scene(SceneRequest.from_json(job["request"]))
        return {"result": [scene.as_json() for scene in prepared]}
    except ImageError as error:
        return {"error": error.reason, "path": str(error.path), "is_storage": isinstance(error, StorageError)}
    except MemoryError:
        return {"error": "needs more memory than one scene may take; cut it into smaller scenes", "out_of_memory": True}
    except OSError as error:
        return {"error": f"could not be prepared: {error.strerror or error}"}
    except Exception as error:  # One scene's fault must not end an import of thousands
        return {"error": f"could not be prepared ({type(error).__name__}: {error})"}


if __name__ == "__main__":
    import logging

    logging.getLogger("rasterio").setLevel(logging.CRITICAL)
    main(sys.argv[1:])
