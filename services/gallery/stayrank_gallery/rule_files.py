"""Rules that people write as TOML: read, or refused with what was wrong and what was expected."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError, model_validator

from stayrank_common.errors import ConfigurationError
from stayrank_common.schemas import Schema


class Rules(Schema):
    """Base of such rules: an unknown key is refused, and the known ones are named."""

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, values: Any) -> Any:  # noqa: ANN401 - passed on as it is
        keys = list(cls.model_fields)
        for key in values if isinstance(values, dict) else ():
            if key not in keys:
                near = difflib.get_close_matches(str(key), keys, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(keys)}"
                raise ValueError(f"there is no key {key!r}; {hint}")
        return values


AnyRules = TypeVar("AnyRules", bound=Rules)


def read_rules(path: Path, rules: type[AnyRules], what: str) -> AnyRules:
    """Read a file of rules.

    Args:
        path: The file.
        rules: What it holds.
        what: How to call that in an error, for example `policy`.

    Raises:
        ConfigurationError: If the file is missing, or holds anything but such rules.
    """
    try:
        return rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        where = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or what}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise ConfigurationError(f"{path}: not a {what}: {where}") from error
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def read_folder(folder: Path, rules: type[AnyRules], what: str) -> dict[str, AnyRules]:
    """Read the rules of a folder: those in `family_feed.toml` are called `family_feed`.

    Raises:
        ConfigurationError: If there are none, or a file holds anything else.
    """
    found = {path.stem: read_rules(path, rules, what) for path in sorted(folder.glob("*.toml"))}
    if not found:
        raise ConfigurationError(f"{folder}: no {what} there (*.toml)")
    return found
