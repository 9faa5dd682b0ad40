import re

import pytest

from stayrank_models.weights import CATALOGUE
from stayrank_training.cards import RATINGS_ORIGIN, aesthetics_card, tagger_card
from stayrank_training.recipe import AestheticRecipe, TaggerRecipe

METRICS = {"photos": 193.0, "first_measure": 0.8394, "second_measure": 1.0}
CARDS = [(tagger_card, TaggerRecipe), (aesthetics_card, AestheticRecipe)]


def _front_matter(card):
    """The YAML block that model hubs read: plain keys, and one list."""
    block = re.match(r"---\n(.*?)\n---\n", card, re.DOTALL)[1]
    keys = dict(re.findall(r"^(\w+): (.+)$", block, re.MULTILINE))
    return keys, re.findall(r"^  - (.+)$", block, re.MULTILINE)


@pytest.mark.parametrize(("card", "recipe"), CARDS)
@pytest.mark.parametrize("start", sorted(CATALOGUE))
def test_licence_and_credit_are_those_of_the_start(card, recipe, start):
    entry = CATALOGUE[start]
    text = card(recipe(name="tiny", start={"weights": start}), METRICS, 1234)

    keys, _ = _front_matter(text)
    assert keys["license"] == entry.license.lower()
    assert entry.credit in text
    assert f"({entry.license})" in text


@pytest.mark.parametrize(("card", "recipe"), CARDS)
def test_a_card_states_name_data_and_input(card, recipe):
    made = recipe(
        name="tiny",
        version="2.1.0",
        start={"backbone": "vgg16"},
        preprocessing={"width": 96, "height": 64, "interpolation": "bicubic"},
    )

    text = card(made, METRICS, 1234)

    keys, tags = _front_matter(text)
    assert keys["library_name"] == "keras"
    assert {"stayrank", "vgg16"} <= set(tags)
    assert "\n# tiny 2.1.0\n" in text
    assert "**Trained on** 1234 " in text
    assert "`(64, 96, 3)`" in text
    assert "bicubic" in text


@pytest.mark.parametrize(("card", "recipe"), CARDS)
def test_every_measure_is_a_row_of_a_table(card, recipe):
    text = card(recipe(name="tiny"), METRICS, 1234)

    table = re.search(r"\| measure \| value \|\n\|---\|---\|\n((?:\|.*\|\n)+)", text)[1]
    assert table.splitlines() == [
        "| photos | 193.000 |",
        "| first_measure | 0.839 |",
        "| second_measure | 1.000 |",
    ]
    assert "On 193 photos" in text


def test_the_card_of_scores_says_that_no_person_gave_them():
    text = aesthetics_card(AestheticRecipe(name="tiny"), METRICS, 1)

    assert RATINGS_ORIGIN in text
    assert "not human votes" in RATINGS_ORIGIN
