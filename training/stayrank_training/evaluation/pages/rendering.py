"""Templates, their filters, and the thumbnails that they show."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from stayrank_common.tags import words
from stayrank_training.thumbnails import thumbnail

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from stayrank_training.evaluation.bootstrap import Interval

_NOTHING = "n/a"


def render(template: str, **values: object) -> str:
    """Fill a template of this package."""
    style = (files(__package__ or "") / "templates" / "report.css").read_text(encoding="utf-8")
    return _environment.get_template(template).render(style=style, **values)


def thumbnails(paths: Mapping[str, Path], names: Iterable[str]) -> dict[str, str]:
    """Make thumbnails of photos.

    Args:
        paths: Name → file.
        names: The photos that the page shows; one that cannot be read is left out.
    """
    wanted = sorted(set(names))
    with ThreadPoolExecutor() as pool:
        pictures = pool.map(thumbnail, [paths[name] for name in wanted])
        return {name: uri for name, uri in zip(wanted, pictures, strict=True) if uri}


def _number(value: float | None, digits: int = 3) -> str:
    return _NOTHING if value is None else f"{value:.{digits}f}".replace("-", "−")


def _signed(value: float | None, digits: int = 2) -> str:
    return (
        _NOTHING if value is None else f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")
    )


def _percent(value: float | None) -> str:
    return _NOTHING if value is None else f"{100 * value:.0f} %"


def _range(ends: Interval | None, digits: int = 3) -> str:
    if ends is None:
        return _NOTHING
    return f"{_number(ends.low, digits)} to {_number(ends.high, digits)}"


_environment = Environment(
    loader=PackageLoader(__package__ or "", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_environment.filters |= {
    "words": words,
    "number": _number,
    "signed": _signed,
    "percent": _percent,
    "range": _range,
}
