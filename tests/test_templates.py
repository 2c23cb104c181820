"""Templates hold the content security policy, and use exactly what their page's dataclass offers."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import meta, nodes

import app
from app.web.rendering import make_environment
from tests.conftest import REPOSITORY

TEMPLATES = REPOSITORY / "templates"
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an inline event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "hx-on": re.compile(r"\bhx-on\b", re.I),
    "a javascript address": re.compile(r"javascript:", re.I),
    "js: in an htmx value": re.compile(r"hx-[a-z]+\s*=\s*[\"']js:", re.I),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.I),
    "an inline style sheet": re.compile(r"<style\b", re.I),
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+false", re.I),
    "an address of another site": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.I),
}


def faults(text: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]


def templates() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("template", templates())
def test_a_template_holds_the_content_security_policy(template: str) -> None:
    assert faults((TEMPLATES / template).read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        '<button onclick="go()">',
        '<div hx-on:click="x">',
        '<a href="javascript:go()">',
        '<div hx-vals="js:{a:1}">',
        "<script>go()</script>",
        "<style>p{}</style>",
        "{{ text|safe }}",
        '<script src="https://example.org/x.js"></script>',
    ],
)
def test_the_lint_catches_what_the_policy_forbids(text: str) -> None:
    assert faults(text)


FREE_TEXT = re.compile(r"\b(display_name|email|message|description|error|notes|model|detail)\b|\brefusal\.")
"""What people, files and models wrote, by the names under which pages have it."""
NO_HTML_STRINGS = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe)\b")


def bare_texts(text: str) -> list[str]:
    """Free texts that stand in the page without ``<bdi>``; attributes and text areas hold no elements."""
    bare = []
    for found in re.finditer(r"\{\{(.*?)\}\}", text, re.S):
        before = text[: found.start()]
        is_in_tag = before.rfind("<") > before.rfind(">")
        is_held = any(before.rfind(f"<{tag}") > before.rfind(f"</{tag}>") for tag in ("bdi", "textarea"))
        if FREE_TEXT.search(found[1]) and not is_in_tag and not is_held:
            bare.append(found[1].strip())
    return bare


@pytest.mark.parametrize("template", templates())
def test_what_others_wrote_cannot_turn_the_page_around(template: str) -> None:
    assert bare_texts((TEMPLATES / template).read_text()) == []


def test_a_free_text_without_bdi_is_caught() -> None:
    assert bare_texts("<td>{{ refusal.file }}</td>") == ["refusal.file"]
    assert bare_texts('<td title="{{ message }}"><bdi>{{ message }}</bdi>{{ run.count }}</td>') == []


def test_scripts_make_no_elements_from_strings() -> None:
    scripts = list((REPOSITORY / "static" / "js").rglob("*.js"))
    assert scripts
    assert [path.name for path in scripts if NO_HTML_STRINGS.search(path.read_text())] == []


def pages() -> Iterator[type]:
    """Every page's dataclass in the app."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if re.search(r"\.(pages|api|errors)(\.|$)", module.name) and not module.name.startswith("app.cli"):
            for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if found.__module__ == module.name and isinstance(getattr(found, "template", None), str):
                    yield found


def parts(environment_folder: Path, name: str) -> tuple[set[str], set[str]]:
    """The template and all it extends or includes; and the variables that they use from outside."""
    environment = make_environment(environment_folder)
    seen: set[str] = set()
    used: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        tree = environment.parse((environment_folder / current).read_text())
        imported = {found.target for found in tree.find_all(nodes.Import)}
        used |= meta.find_undeclared_variables(tree) - imported
        waiting += [found for found in meta.find_referenced_templates(tree) if found]
        for include in tree.find_all(nodes.Include):
            assert isinstance(include.template, nodes.Const), f"{current} includes a template that is not named"
    return seen, used - {"shell"}


def page_name(page: type) -> str:
    return f"{page.__module__}.{page.__name__}"


@pytest.mark.parametrize("page", sorted(pages(), key=page_name), ids=page_name)
def test_a_template_uses_exactly_the_fields_of_its_page(page: type) -> None:
    _, used = parts(TEMPLATES, page.template)
    offered = {field.name for field in dataclasses.fields(page)}
    assert used == offered


def test_no_template_lies_about_unused() -> None:
    reached = set().union(*(parts(TEMPLATES, page.template)[0] for page in pages()))
    assert set(templates()) - reached == set()
