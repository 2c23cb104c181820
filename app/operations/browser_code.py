"""The browser code of others that pages load; `make setup` copies it from the locked packages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from app.operations.ports import ServeError

FOLDER: Final = Path(__file__).parent.parent.parent / "static" / "vendor"
FILES: Final = (
    "geotiff/geotiff.js",
    "ol/ol.js",
    "ol/ol.css",
    "htmx/htmx.min.js",
    "chart/chart.umd.min.js",
    "swagger-ui/swagger-ui-bundle.js",
    "swagger-ui/swagger-ui.css",
)


def require(folder: Path = FOLDER) -> None:
    """See that all is there: without it the pages come up, but nothing in them works.

    Raises
    ------
    ServeError
        If a file is missing.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ServeError(f"The browser code in {folder} lacks {', '.join(missing)}: run `make setup`.")
