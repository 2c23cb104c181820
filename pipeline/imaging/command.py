"""The command ``python -m pipeline preprocess``: files or folders into the 8-bit images that a model is fed."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pipeline.imaging.decoding import SceneWorker
from pipeline.imaging.errors import ImageError, shown
from pipeline.imaging.prepared import PreprocessRequest, Speckle, StatedQuantity

SUFFIXES: Final = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".bmp")
SCALE_UNKNOWN: Final = (
    "it was not filtered, since nothing says what its 8 bit mean; where you know, state --amplitude or --intensity"
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user stated for all files."""

    band: int | str | None = None
    looks: float | None = None
    quantity: StatedQuantity | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file, in sentences."""

    is_written: bool
    summary: str
    notes: tuple[str, ...] = ()


def preprocess(
    source: Path, target: Path, choices: Choices, *, despeckled: Path | None = None, workers: int = 1
) -> Iterator[Outcome]:
    """Write the processed image of a file, or of each image below a folder.

    Of a folder the targets lie in a folder likewise, under the same names with ``.tif``, and ``despeckled`` is a
    folder too. One file that cannot be used stops no other. With several workers a folder's files are done by as many
    processes, a single file's strips by as many threads.

    Returns
    -------
    An outcome a file, as each is done, in the order of the names.

    Raises
    ------
    ImageError
        At once, before any work: if a target cannot be written where it is asked for, or there is nothing to do.
    """
    requests = _requests(source, target, choices, despeckled)
    if len(requests) == 1:
        speckle = replace(requests[0].speckle, threads=workers)
        requests = [replace(requests[0], speckle=speckle)]
    _refuse_clashes(requests)
    for folder in {path.parent for request in requests for path in _written(request)}:
        _make_folder(folder)
    return _outcomes(requests, workers)


def _requests(source: Path, target: Path, choices: Choices, despeckled: Path | None) -> list[PreprocessRequest]:
    def request(path: Path, out: Path, linear: Path | None) -> PreprocessRequest:
        speckle = Speckle(looks=choices.looks)
        return PreprocessRequest(path, out, linear, band=choices.band, quantity=choices.quantity, speckle=speckle)

    if not source.is_dir():
        for out in (target, despeckled):
            if out is not None and out.is_dir():
                raise ImageError(out, "is a folder; name the file to write")
        return [request(source, target, despeckled)]
    if target.is_file():
        raise ImageError(target, "is a file; for a folder of images name a folder to write")
    images = [path for path in _images(source) if not path.is_relative_to(target)]
    if not images:
        raise ImageError(source, f"has no image in it ({', '.join(SUFFIXES)})")
    names = [path.relative_to(source).with_suffix(".tif") for path in images]
    linear = [None if despeckled is None else despeckled / name for name in names]
    return [request(path, target / name, out) for path, name, out in zip(images, names, linear, strict=True)]


def _images(folder: Path) -> Iterator[Path]:
    """In a stable order; files that macOS leaves beside the real ones (``._name``) are passed over."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file():
            yield path


def _written(request: PreprocessRequest) -> list[Path]:
    return [path for path in (request.target, request.despeckled) if path is not None]


def _refuse_clashes(requests: Sequence[PreprocessRequest]) -> None:
    """No file is overwritten by another's result, nor a source by its own."""
    taken = {request.source.resolve() for request in requests}
    for request in requests:
        for path in _written(request):
            if path.resolve() in taken:
                raise ImageError(path, "is an input, or the result of two inputs; choose another place to write to")
            taken.add(path.resolve())


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImageError(folder, f"cannot be made a folder ({error.strerror})") from error


def _outcomes(requests: Sequence[PreprocessRequest], workers: int) -> Iterator[Outcome]:
    count = max(1, min(workers, len(requests)))
    idle: queue.SimpleQueue[SceneWorker] = queue.SimpleQueue()
    with ExitStack() as stack, ThreadPoolExecutor(count) as pool:
        for _ in range(count):
            idle.put(stack.enter_context(SceneWorker()))

        def outcome(request: PreprocessRequest) -> Outcome:
            worker = idle.get()
            try:
                return _written_outcome(request, worker.preprocess(request))
            except ImageError as error:
                return Outcome(False, str(error))
            finally:
                idle.put(worker)

        yield from pool.map(outcome, requests)


def _written_outcome(request: PreprocessRequest, provenance: Mapping[str, Any]) -> Outcome:
    notes = [f"{shown(request.source)}: note: {note}" for note in provenance["notes"]]
    if provenance.get("looks_warning"):
        notes.append(f"{shown(request.source)}: note: {provenance['looks_warning']}")
    if "processed" in provenance:
        notes.append(f"{shown(request.source)}: note: {SCALE_UNKNOWN}")
    return Outcome(True, f"{shown(request.source)} -> {shown(request.target)}: {_summary(provenance)}", tuple(notes))


def _summary(provenance: Mapping[str, Any]) -> str:
    if "processed" in provenance:
        return str(provenance["processed"])
    looks = f"{provenance['looks']:.3g} looks ({'estimated' if provenance['looks_estimated'] else 'stated'})"
    low, high = provenance["stretch"]["limits_db"]
    return f"{provenance['quantity']}, {looks}, {provenance['filter']}, {low:.2f} to {high:.2f} dB"
