"""What is wrong with one photo."""

from __future__ import annotations

from collections.abc import Iterator

from stayrank_common.look import Look
from stayrank_common.tags import words
from stayrank_gallery.audit.packs import CoverRules, PhotoRules
from stayrank_gallery.audit.rules import Rule
from stayrank_gallery.scored import ScoredPhoto

Fault = tuple[Rule, str]
"""A rule, and in plain words how the photo breaks it."""


def photo_faults(rules: PhotoRules, photo: ScoredPhoto) -> Iterator[Fault]:
    """Judge a photo; one that was not looked at has no faults that only a look could find."""
    if photo.look:
        yield from _size_faults(rules, photo.look)
        yield from _light_faults(rules, photo.look)
        yield from _shape_faults(rules, photo.look)
    yield from _score_faults(Rule.POOR, rules.min_mean, photo)
    if photo.tags.rejected and not rules.allow_unrelated:
        yield Rule.UNRELATED, "shows no known area"


def cover_faults(rules: CoverRules, photo: ScoredPhoto) -> Iterator[Fault]:
    """Judge the first photo as a cover."""
    area = None if photo.tags.rejected else photo.tags.top_tag
    shown = words(area) if area else "no known area"
    if area in rules.not_areas:
        yield Rule.COVER, f"shows {shown}, which no cover may"
    if rules.areas and area not in rules.areas:
        wanted = " or ".join(words(name) for name in rules.areas)
        yield Rule.COVER, f"shows {shown}, not {wanted}"
    if rules.landscape and photo.look and is_portrait(photo.look):
        yield Rule.COVER, "in portrait format"
    yield from _score_faults(Rule.COVER, rules.min_mean, photo)


def is_portrait(look: Look) -> bool:
    """Whether a photo is higher than wide."""
    return look.height > look.width


def _score_faults(rule: Rule, least: float | None, photo: ScoredPhoto) -> Iterator[Fault]:
    mean = photo.aesthetic.mean
    if least is not None and mean < least:
        yield rule, f"mean score {mean:.2f}, below {least:g}"


def _size_faults(rules: PhotoRules, look: Look) -> Iterator[Fault]:
    size = f"{look.width} × {look.height} pixels"
    for side, length, least in (
        ("longer", max(look.width, look.height), rules.min_long_edge),
        ("shorter", min(look.width, look.height), rules.min_short_edge),
    ):
        if least is not None and length < least:
            yield Rule.TOO_SMALL, f"{size}; the {side} side needs {least}"
    if rules.max_bytes is not None and look.bytes > rules.max_bytes:
        yield Rule.TOO_HEAVY, f"{look.bytes:,} bytes, more than {rules.max_bytes:,}"


def _light_faults(rules: PhotoRules, look: Look) -> Iterator[Fault]:
    if rules.min_luminance is not None and look.luminance < rules.min_luminance:
        yield Rule.DARK, f"mean luma {look.luminance:.2f}, below {rules.min_luminance:g}"
    elif rules.min_highlight is not None and look.highlight < rules.min_highlight:
        yield (
            Rule.DARK,
            f"even its brightest 5 % have a luma of {look.highlight:.2f}, "
            f"below {rules.min_highlight:g}",
        )
    if rules.max_clipped_share is not None and look.clipped_share > rules.max_clipped_share:
        share, most = look.clipped_share, rules.max_clipped_share
        yield Rule.OVEREXPOSED, f"{share:.0%} of it are white, more than {most:.0%}"


def _shape_faults(rules: PhotoRules, look: Look) -> Iterator[Fault]:
    if rules.min_sharpness is not None and look.sharpness < rules.min_sharpness:
        yield Rule.BLURRED, f"sharpness {look.sharpness:.2f}, below {rules.min_sharpness:g}"
    tilt, most = look.tilt_degrees, rules.max_tilt_degrees
    if most is not None and tilt is not None and abs(tilt) > most:
        way = "counter-clockwise" if tilt > 0 else "clockwise"
        yield Rule.TILTED, f"{abs(tilt):.1f}° {way}, more than {most:g}°"
