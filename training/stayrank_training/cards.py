"""Model cards: Markdown with YAML front matter, as model hubs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_models.weights import credit_of

if TYPE_CHECKING:
    from stayrank_training.recipe import AestheticRecipe, DuoRecipe, Recipe, TaggerRecipe

RATINGS_ORIGIN = (
    "Ratings by a vision-language model that followed a written rubric (1 unusable ... 10 "
    "outstanding), with an estimated spread of travellers' votes. They are not human votes."
)


def aesthetics_card(recipe: AestheticRecipe, metrics: dict[str, float], photos: int) -> str:
    """The card of a NIMA model.

    Args:
        recipe: It was trained by.
        metrics: Measured on test.
        photos: How many it was trained on, validation included.
    """
    return f"""{_front_matter(recipe, ["nima", "image-aesthetics"])}
# {recipe.name} {recipe.version}

Predicts how people would rate a hotel photo: a distribution over the ratings 1..10.

**Input.** {_input(recipe)} **Output.** Ten probabilities; their mean is the score.

**Trained on** {photos} hotel and real-estate photos, beginning from
{_start(recipe)}.

**Where the ratings come from.** {RATINGS_ORIGIN}
The scores say what such a rubric prefers: light, order, composition, sharpness. Do not read them
as the taste of a particular audience, and do not use them to judge people or their homes.

## Measured

On {metrics["photos"]:.0f} photos of hotels that appear nowhere in training:

{_table(metrics)}
`emd` is the earth mover's distance with r = 1, `lcc` and `srcc` the linear and the rank
correlation of mean scores, `accuracy_at_5` the share on the right side of 5.
"""


def tagger_card(recipe: TaggerRecipe, metrics: dict[str, float], photos: int) -> str:
    """The card of a tagger.

    Args:
        recipe: It was trained by.
        metrics: Measured on test.
        photos: How many it was trained on, validation included.
    """
    taxonomy = recipe.taxonomy
    unrelated = ", and one of showing none" if taxonomy.unrelated else ""
    return f"""{_front_matter(recipe, ["hotel", "scene-recognition"])}
# {recipe.name} {recipe.version}

Says which area a photo shows: {", ".join(taxonomy.words(tag) for tag in taxonomy.labels)}.

**Input.** {_input(recipe)} **Output.** A probability of each{unrelated}; the
manifest's temperature calibrates them, and below its threshold a photo counts as of no known area.

**Trained on** {photos} photos from hotel web sites, guests, real-estate offers and the scene sets
Places365 and MiniPlaces, beginning from
{_start(recipe)}. Many labels of the scene sets are wrong (up to two in
five foyers), receptions are rare, and pools and restaurants are mostly small pictures.

## Measured

On {metrics["photos"]:.0f} photos of hotels that appear nowhere in training:

{_table(metrics)}
`ece` is the expected calibration error over ten bins, `kept_known` the share of photos of a known
area that the threshold keeps, `false_accept` the share of unrelated photos that it lets through,
and the rates after it the same of each class of photos that is no area.
"""


def duo_card(recipe: DuoRecipe, metrics: dict[str, float], photos: int) -> str:
    """The card of a model for both tasks.

    Args:
        recipe: It was trained by.
        metrics: Measured on test.
        photos: How many it was trained on.
    """
    taxonomy, teachers = recipe.taxonomy, recipe.teachers
    return f"""{_front_matter(recipe, ["hotel", "nima"])}
# {recipe.name} {recipe.version}

Says in one pass which area a photo shows ({", ".join(map(taxonomy.words, taxonomy.labels))}),
and how people would rate it, as a distribution over the ratings 1..10.

**Input.** {_input(recipe)} **Output.** The probabilities of the areas (and of none), then those of
the ten ratings; the manifest's calibrations belong to them.

**Trained on** {photos} photos from hotel web sites, guests, real-estate offers and the scene sets
Places365 and MiniPlaces, to answer like `{teachers.tagging}` and `{teachers.aesthetics}`, beginning
from {_start(recipe)}. It is calibrated like these two, and
shares what their cards say of labels and ratings.

**Where the ratings come from.** {RATINGS_ORIGIN}

## Measured

On photos of hotels that appear nowhere in training:

{_table(metrics)}
See the cards of the two teachers for what the measures mean.
"""


def _front_matter(recipe: Recipe, tags: list[str]) -> str:
    _, license_ = credit_of(recipe.start.weights)
    listed = "".join(f"\n  - {tag}" for tag in ["stayrank", recipe.start.backbone, *tags])
    return f"""---
license: {license_.lower()}
library_name: keras
pipeline_tag: image-classification
tags:{listed}
---
"""


def _start(recipe: Recipe) -> str:
    credit, license_ = credit_of(recipe.start.weights)
    return f"{credit} ({license_})"


def _input(recipe: Recipe) -> str:
    p = recipe.preprocessing
    return (
        f"uint8 RGB `({p.height}, {p.width}, 3)`, the whole photo stretched, {p.interpolation} "
        "interpolation; the scaling is inside the graph."
    )


def _table(metrics: dict[str, float]) -> str:
    rows = "".join(f"| {name} | {value:.3f} |\n" for name, value in metrics.items())
    return f"| measure | value |\n|---|---|\n{rows}"
