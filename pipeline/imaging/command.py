"""The command ``python -m pipeline preprocess``: files or folders into the 8-bit images that a model is fed."""

from __future__ import annotations

import os
import queue
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from pipeline.imaging.decoding import SceneWorker
from pipeline.imaging.errors import ImageError, shown
from pipeline.imaging.prepared import PreprocessRequest, Quantity, Speckle
from pipeline.imaging.stamps import is_stamped, stamp_of
from pipeline.imaging.storage import trouble_told_apart

SUFFIXES: Final = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".bmp")
SCALE_UNKNOWN: Final = (
    "it was not filtered, since nothing says what its numbers mean; where you know, state --amplitude or --intensity"
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user stated for all files."""

    band: int | str | None = None
    quantity: Quantity | None = None
    speckle: Speckle = field(default_factory=Speckle)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file, in sentences."""

    state: Literal["written", "kept", "refused"]
    """Kept is a result of before, of the same input and options."""
    summary: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A run that can begin: its targets can be written, and no file is in another's way."""

    total: int
    outcomes: Generator[Outcome]
    """One a file, as each is done, in order; work goes on while they are taken."""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where files come from and go to."""

    source: Path
    target: Path
    despeckled: Path | None
    choices: Choices

    def request(self, path: Path, out: Path, linear: Path | None) -> PreprocessRequest:
        chosen = self.choices
        return PreprocessRequest(path, out, linear, chosen.band, chosen.quantity, chosen.speckle)

    def in_folder(self, image: Path) -> PreprocessRequest:
        name = image.relative_to(self.source).with_suffix(".tif")
        return self.request(image, self.target / name, None if self.despeckled is None else self.despeckled / name)

    def all_in_folder(self) -> Iterator[PreprocessRequest]:
        for image in _images(self.source, (self.target, self.despeckled)):
            yield self.in_folder(image)


def preprocess(
    source: Path, target: Path, choices: Choices, *, despeckled: Path | None = None, workers: int = 1
) -> Run:
    """Write the processed image of a file, or of each image below a folder.

    Of a folder the targets lie in a folder likewise, under the same names with ``.tif``, and ``despeckled`` is a
    folder too. One file that cannot be used stops no other; what a run of before has made of the same files with the
    same options is kept. With several workers a folder's files are done by as many processes, a single file's strips
    by as many threads.

    Raises
    ------
    ImageError
        At once, before any work: if a target cannot be written where it is asked for, or there is nothing to do.
    """
    places = _Places(source, target, despeckled, choices)
    if not source.is_dir():
        return Run(1, _outcomes([_single(places, workers)], 1, may_keep=False))
    if target.is_file():
        raise ImageError(target, "is a file; for a folder of images name a folder to write")
    total = _checked(places)
    if not total:
        raise ImageError(source, f"has no image in it ({', '.join(SUFFIXES)})")
    return Run(total, _outcomes(places.all_in_folder(), min(workers, total), may_keep=True))


def _single(places: _Places, threads: int) -> PreprocessRequest:
    for out in (places.target, places.despeckled):
        if out is not None and out.is_dir():
            raise ImageError(out, "is a folder; name the file to write")
    request = places.request(places.source, places.target, places.despeckled)
    taken = _Taken(places.source.parent, [places.source.name])
    for path in _written(request):
        taken.add(path)
    return replace(request, speckle=replace(request.speckle, threads=threads))


def _checked(places: _Places) -> int:
    """How many images there are. All is looked through once before any work; folder by folder, so in little memory."""
    count, folder, taken = 0, None, _Taken(places.source, [])
    for request in places.all_in_folder():
        count += 1
        if request.source.parent != folder:
            folder = request.source.parent
            # A result can only be in the way of one of the same folder, or of a source.
            taken = _Taken(folder, (path.name for path in folder.iterdir()))
        for path in _written(request):
            taken.add(path)
    return count


class _Taken:
    """Files that no result may replace: the sources of a folder, and other results."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self._places: dict[Path, str] = {}
        place = str(folder.resolve())
        self._taken = {(place, name) for name in names}

    def add(self, path: Path) -> None:
        """Make the folder of a result; no file is overwritten by another's result, nor a source by its own."""
        if path.parent not in self._places:
            _make_folder(path.parent)
            self._places[path.parent] = str(path.parent.resolve())
        key = (self._places[path.parent], path.name)
        if key in self._taken:
            raise ImageError(path, "is an input, or the result of two inputs; choose another place to write to")
        self._taken.add(key)


def _images(folder: Path, without: tuple[Path | None, ...]) -> Iterator[Path]:
    """In a stable order; files that macOS leaves beside the real ones (``._name``) are passed over."""
    left_out = {path.resolve() for path in without if path is not None}
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if Path(where, name).resolve() not in left_out)
        for name in sorted(names):
            path = Path(where, name)
            if path.suffix.lower() in SUFFIXES and not name.startswith(".") and path.is_file():
                yield path


def _written(request: PreprocessRequest) -> list[Path]:
    return [path for path in (request.target, request.despeckled) if path is not None]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImageError(folder, f"cannot be made a folder ({error.strerror})") from error


def _outcomes(requests: Iterable[PreprocessRequest], count: int, *, may_keep: bool) -> Generator[Outcome]:
    """In order. Only few requests wait at a time, and when the caller stops, so does what is under way."""
    workers = [SceneWorker() for _ in range(count)]
    idle: queue.SimpleQueue[SceneWorker] = queue.SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def outcome(request: PreprocessRequest) -> Outcome:
        worker = idle.get()
        try:
            return _outcome(request, worker, may_keep=may_keep)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(count, thread_name_prefix="preprocess")
    waiting: deque[Future[Outcome]] = deque()
    try:
        for request in requests:
            waiting.append(pool.submit(outcome, request))
            if len(waiting) > 2 * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
        for worker in workers:
            worker.end()
        pool.shutdown(wait=True, cancel_futures=True)
        for worker in workers:
            worker.close()


def _outcome(request: PreprocessRequest, worker: SceneWorker, *, may_keep: bool) -> Outcome:
    try:
        with trouble_told_apart(request.source):
            # What is no file, such as a pipe, would hold us here; the decoder says what it is.
            stamp = stamp_of(request) if request.source.is_file() else None
        if stamp is not None and may_keep and all(is_stamped(path, stamp) for path in _written(request)):
            summary = f"{shown(request.source)} -> {shown(request.target)}: kept, made of the same file and options"
            return Outcome("kept", summary)
        return _written_outcome(request, worker.preprocess(replace(request, stamp=stamp)))
    except ImageError as error:
        for path in _written(request):
            path.with_name(f".{path.name}.part").unlink(missing_ok=True)
        return Outcome("refused", str(error))


def _written_outcome(request: PreprocessRequest, provenance: Mapping[str, Any]) -> Outcome:
    notes = [f"{shown(request.source)}: note: {note}" for note in provenance["notes"]]
    if provenance.get("looks_warning"):
        notes.append(f"{shown(request.source)}: note: {provenance['looks_warning']}")
    if "processed" in provenance and not provenance["quantity_stated"]:
        notes.append(f"{shown(request.source)}: note: {SCALE_UNKNOWN}")
    return Outcome(
        "written", f"{shown(request.source)} -> {shown(request.target)}: {_summary(provenance)}", tuple(notes)
    )


def _summary(provenance: Mapping[str, Any]) -> str:
    if "processed" in provenance:
        return str(provenance["processed"])
    looks = f"{provenance['looks']:.3g} looks ({'estimated' if provenance['looks_estimated'] else 'stated'})"
    low, high = provenance["stretch"]["limits_db"]
    return f"{provenance['quantity']}, {looks}, {provenance['filter']}, {low:.2f} to {high:.2f} dB"
