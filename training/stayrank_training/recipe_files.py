"""Recipes as text: overrides in, TOML out, and what is wrong with one in one line."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from stayrank_common.errors import DatasetError

if TYPE_CHECKING:
    from pydantic import ValidationError

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_IN_WORDS = {"model_type": "expected a table", "tuple_type": "expected a list"}


def override(values: dict[str, Any], text: str) -> None:
    """Set one value of a recipe.

    Args:
        values: The recipe; changed in place.
        text: `key=value`; the key may be dotted, the value is TOML, plain text, or `none`, which
            switches off what a recipe can do without.

    Raises:
        DatasetError: If it has another form, or goes through a value as if it were a table.

    Example:
        >>> values = {"head": {"epochs": 3}}
        >>> override(values, "head.epochs=5")
        >>> values
        {'head': {'epochs': 5}}
    """
    key, equals, plain = text.partition("=")
    if not equals or not key:
        raise DatasetError(f"expected key=value, got {text!r}")
    try:
        value = None if plain == "none" else tomllib.loads(f"value = {plain}")["value"]
    except tomllib.TOMLDecodeError:
        value = plain
    *parents, last = key.split(".")
    for parent in parents:
        values = values.setdefault(parent, {})
        if not isinstance(values, dict):
            raise DatasetError(f"{text!r}: {parent!r} is no table of the recipe")
    values[last] = value


def toml_lines(table: dict[str, Any], prefix: str = "") -> list[str]:
    """The lines of a TOML file; values of None are left out.

    >>> toml_lines({"a": 1, "b": {"c d": [0.5, 1.0]}, "e": None})
    ['a = 1', '', '[b]', '"c d" = [0.5, 1.0]']
    """
    # JSON's strings, numbers, booleans and lists are TOML's as well.
    lines, below = [], []
    for key, value in table.items():
        name = f"{prefix}{_key(key)}"
        if isinstance(value, dict):
            below += ["", f"[{name}]", *toml_lines(value, f"{name}.")]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                below += ["", f"[[{name}]]", *toml_lines(item, f"{name}.")]
        elif value is not None:
            lines.append(f"{_key(key)} = {json.dumps(value, ensure_ascii=False)}")
    return lines + below


def explain(error: ValidationError, kind: type[BaseModel]) -> str:
    """Say in one line which keys of a recipe are wrong, and what there is instead.

    Args:
        error: What `kind.model_validate` raised.
        kind: The class of the recipe.
    """
    problems, takes = [], {}
    for details in error.errors():
        problems.append(_problem(dict(details), kind))
        if details["type"] == "extra_forbidden":
            *parents, _ = map(str, details["loc"])
            where = f"[{'.'.join(parents)}]" if parents else "it"
            takes[where] = f"{where} takes: {', '.join(_keys(kind, parents))}"
    return "; ".join([*problems, *takes.values()])


def _problem(details: dict[str, Any], kind: type[BaseModel]) -> str:
    *parents, last = [str(part) for part in details["loc"]] or [""]
    key = ".".join([*parents, last])
    if details["type"] == "extra_forbidden":
        near = difflib.get_close_matches(last, _keys(kind, parents), n=1)
        return f"unknown key {key!r}{f' (did you mean {near[0]!r}?)' if near else ''}"
    words = details["msg"].removeprefix("Value error, ")  # which pydantic puts before ours
    words = _IN_WORDS.get(details["type"], words)
    return ": ".join(filter(None, (key, words))) + _given(details)


def _given(details: dict[str, Any]) -> str:
    value = details.get("input")
    if isinstance(value, dict):
        return ""
    return f", got {'none' if value is None else repr(value)}"


def _keys(kind: type[BaseModel], parents: list[str]) -> list[str]:
    for name in parents:
        annotation = kind.model_fields[name].annotation
        options = [annotation, *getattr(annotation, "__args__", ())]  # `Teacher | None`
        kind = next(o for o in options if isinstance(o, type) and issubclass(o, BaseModel))
    return list(kind.model_fields)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)
