"""The rules of the house that import-linter cannot see, and that import-linter sees each of its own."""

from __future__ import annotations

import ast
import re
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
RUNS_SQL = {"execute", "exec_driver_sql"}
ENDS_A_TRANSACTION = re.compile(r"\s*(begin|commit|rollback|end)\s*;?\s*", re.I)
CLOCKS = ("datetime.now", "datetime.utcnow", "date.today", "time.time")
DECODES_ELSEWHERE = tuple(f"pipeline.imaging.{name}." for name in ("decoding", "errors", "prepared"))
DECODES_NOTHING = tuple(f"pipeline.imaging.{name}." for name in ("chips", "same_ground", "storage"))
"""Arithmetic on what was found out about images."""
DECODES_OWN = ("pipeline.imaging.plain_copy.",)
"""Copies of stored assets, which are files that we wrote ourselves."""
JOBS_MAY = {"procrastinate.Blueprint", "procrastinate.JobContext", "procrastinate.RetryStrategy"}


def faults_of_layout(path: Path, text: str) -> list[str]:
    """What breaks DESIGN's rule 3, or touches transactions and clocks where that is not the place."""
    relative = path.relative_to(REPOSITORY) if path.is_absolute() else path
    tree = ast.parse(text)
    return [f"{relative}: {fault}" for fault in (*faults_of_imports(relative, tree), *faults_of_calls(relative, tree))]


def room_of(path: Path) -> str:
    return path.parts[1] if len(path.parts) > 2 else ""


def may_sql(path: Path) -> bool:
    return room_of(path) == "db" or path.name == "queries.py" or "queries" in path.parts


def faults_of_imports(path: Path, tree: ast.AST) -> Iterator[str]:
    """SQL only in queries.py and db/, HTTP only in pages, api, web and main, jobs only on the blueprints of jobs.py."""
    room = room_of(path)
    may_http = room == "web" or "pages" in path.parts or path.name in {"pages.py", "api.py", "main.py"}
    for module in imports(tree):
        top = module.split(".")[0]
        is_only_type = module in TYPES_THAT_RUN_NOTHING or module.startswith(("sqlalchemy.exc.", "psycopg.errors"))
        # The worker has connections of its own; the command line and the log tell its errors apart.
        is_sql = top == "sqlalchemy" or module.startswith("app.db.tables")
        is_sql |= top == "psycopg" and room not in {"work", "cli", "operations"}
        if is_sql and not (may_sql(path) or is_only_type):
            yield f"imports {module}, but SQL lives in queries.py and db/"
        if top in {"fastapi", "starlette"} and not may_http:
            yield f"imports {module}, but HTTP lives in pages.py, api.py, web/ and main.py"
        if module.startswith("pipeline.imaging.") and not module.startswith(
            DECODES_ELSEWHERE + DECODES_NOTHING + DECODES_OWN
        ):
            yield f"imports {module}; images of others are decoded in the child process of SceneWorker"
        may_blueprint = path.name == "jobs.py" or room == "cli"
        if top == "procrastinate" and not (room == "work" or (may_blueprint and module in JOBS_MAY)):
            yield f"imports {module}; register on a blueprint in jobs.py, start work by name with work.defer()"


def faults_of_calls(path: Path, tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            fault = fault_of_attribute(path, node)
        elif isinstance(node, ast.Constant):
            is_end = isinstance(node.value, str) and ENDS_A_TRANSACTION.fullmatch(node.value)
            fault = f"{node.value!r} as SQL; use db.transaction()" if is_end else None
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("StreamingResponse"):
            is_file = ast.unparse(node.args[0]).startswith(("store.chunks(", "spooled("))
            fault = None if is_file else "a streamed body that is no stored file may read the database after the commit"
        else:
            continue
        if fault:
            yield f"{node.lineno}: {fault}"


def fault_of_attribute(path: Path, node: ast.Attribute) -> str | None:
    room = room_of(path)
    if node.attr in RUNS_SQL and not (may_sql(path) or room == "work"):
        return f".{node.attr} runs SQL, which lives in queries.py and db/"
    if node.attr in {"commit", "begin"} and room not in {"db", "work"} and path.parts[-2:] != ("web", "database.py"):
        return f".{node.attr} by hand; use db.transaction()"
    # Signed addresses expire by the web server's clock and never ask the database.
    if ast.unparse(node).endswith(CLOCKS) and path.parts[-2:] != ("web", "signing.py"):
        return "asks this machine's clock; what is decided by time is decided in SQL, by the server's"
    return None


def test_sql_and_http_stay_in_their_files_and_nobody_commits_by_hand() -> None:
    faults = [fault for path in sources("app") for fault in faults_of_layout(path, path.read_text())]
    assert faults == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("review/workflow.py", "from sqlalchemy import text"),
        ("review/workflow.py", "import psycopg"),
        ("review/workflow.py", "from app.db.tables.review import Review"),
        ("review/pages.py", "def f(session):\n    session.execute('select 1')"),
        ("review/api.py", "def f(session):\n    session.connection().exec_driver_sql('select 1')"),
        ("web/viewer.py", "from sqlalchemy import text"),
        ("web/viewer.py", "import psycopg"),
        ("cli/user.py", "from sqlalchemy import text"),
        ("work/worker.py", "from sqlalchemy import text"),
        ("review/workflow.py", "from fastapi import Request"),
        ("review/jobs.py", "from starlette.responses import Response"),
        ("cli/user.py", "from fastapi import Request"),
        ("review/workflow.py", "from procrastinate import App"),
        ("review/workflow.py", "def f(session):\n    session.commit()"),
        ("review/jobs.py", "def f(sessions):\n    with sessions.begin() as session:\n        pass"),
        ("review/queries.py", "def f(session):\n    session.execute(text('COMMIT;'))"),
        ("review/queries.py", "import datetime as dt\nnow = dt.datetime.now(dt.UTC)"),
        ("review/workflow.py", "import time\nnow = time.time()"),
        ("intake/workflow.py", "from pipeline.imaging.preparation import prepare_scene"),
        ("release/api.py", "def f(session):\n    return StreamingResponse(rows(session))"),
    ],
)
def test_a_fault_of_layout_is_caught(name: str, text: str) -> None:
    assert faults_of_layout(Path("app") / name, text)


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
    "pages import their interface": ("app/review/pages/reviewing.py", "import app.review.api"),
    "siblings go round in a circle": ("app/web/policy.py", "import app.web.guard"),
    "a room reads the settings": ("app/review/workflow/__init__.py", "import app.settings"),
    "a room stands outside the layers": ("app/stranger/__init__.py", "import app.db"),
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
