"""Background work of quizzes."""

from __future__ import annotations

from typing import Final

from procrastinate import Blueprint

jobs: Final = Blueprint()
