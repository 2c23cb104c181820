"""The rules of the house that import-linter cannot see, and that import-linter sees each of its own."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def sources(folder: str) -> list[Path]:
    return sorted((REPOSITORY / folder).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Every imported module, with the name for ``from`` imports: ``sqlalchemy.text``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


TYPES_THAT_RUN_NOTHING = {"sqlalchemy.orm.Session", "sqlalchemy.Engine", "sqlalchemy.RowMapping"}


def faults_of_layout(path: Path, text: str) -> list[str]:
    """What breaks DESIGN's rule 3: SQL only in queries.py and db/, HTTP only in pages, api, web and main."""
    relative = path.relative_to(REPOSITORY) if path.is_absolute() else path
    room, name = relative.parts[1] if len(relative.parts) > 2 else "", relative.name
    may_sql = room == "db" or name == "queries.py" or "queries" in relative.parts
    may_http = room == "web" or name in {"pages.py", "api.py", "main.py"} or room in {"cli", "operations"}
    tree = ast.parse(text)
    faults = []
    for module in imports(tree):
        top = module.split(".")[0]
        is_only_type = module in TYPES_THAT_RUN_NOTHING or module.startswith(("sqlalchemy.exc.", "psycopg.errors"))
        if top in {"sqlalchemy", "psycopg"} and not (may_sql or is_only_type or room in {"web", "work", "cli"}):
            faults.append(f"{relative}: imports {module}, but SQL lives in queries.py and db/")
        if top in {"fastapi", "starlette"} and not may_http:
            faults.append(f"{relative}: imports {module}, but HTTP lives in pages.py, api.py, web/ and main.py")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "commit" and room not in {"db", "work"}:
            faults.append(f"{relative}:{node.lineno}: commits by itself; use db.transaction()")
    return faults


def test_sql_and_http_stay_in_their_files_and_nobody_commits_by_hand() -> None:
    faults = [fault for path in sources("app") for fault in faults_of_layout(path, path.read_text())]
    assert faults == []


@pytest.mark.parametrize(
    "text",
    [
        "from sqlalchemy import text",
        "import psycopg",
        "from fastapi import Request",
        "from starlette.responses import Response",
        "def f(session):\n    session.commit()",
    ],
)
def test_a_fault_of_layout_is_caught(text: str) -> None:
    assert faults_of_layout(Path("app/review/workflow.py"), text)


def test_the_web_process_imports_neither_numba_nor_rasterio() -> None:
    program = (
        "import sys, app.main; found = {'numba', 'rasterio', 'scipy', 'openai'} & set(sys.modules);"
        " sys.exit(f'the web process imports {sorted(found)}' if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


VIOLATIONS = {
    "the pipeline imports the app": ("pipeline/records.py", "import app.db"),
    "the pipeline imports the database's library": ("pipeline/records.py", "import sqlalchemy"),
    "a stage of the pipeline looks forward": ("pipeline/vocabulary.py", "import pipeline.screening"),
    "two stages of the pipeline know each other": ("pipeline/screening/__init__.py", "import pipeline.drafting"),
    "a room looks forward": ("app/accounts/workflow.py", "import app.review"),
    "the base of the rooms looks up": ("app/db/engine.py", "import app.web"),
    "queries import their workflow": ("app/review/queries/__init__.py", "import app.review.workflow"),
    "a workflow imports its pages": ("app/review/workflow/__init__.py", "import app.review.pages"),
    "a room reads the settings": ("app/review/workflow/__init__.py", "import app.settings"),
    "a package stands outside the layers": ("pipeline/stranger/__init__.py", "import pipeline.records"),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code in which rules may be broken."""
    copy = tmp_path_factory.mktemp("house")
    for name in ("pipeline", "app"):
        shutil.copytree(REPOSITORY / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", copy)
    return copy


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    command = [LINT_IMPORTS, "--config", "pyproject.toml", "--no-cache"]
    environment = {"PYTHONPATH": str(house), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True)


def test_the_import_rules_hold(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_broken_import_rule_is_caught(violation: str, house: Path) -> None:
    name, line = VIOLATIONS[violation]
    file = house / name
    is_new = not file.parent.exists()
    assert is_new or file.exists(), f"{name} has moved: break the rule where it now is"
    before = "" if is_new else file.read_text()
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{before}\n{line}\n")
    try:
        done = lint(house)
    finally:
        shutil.rmtree(file.parent) if is_new else file.write_text(before)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
