import re

import numpy as np
import pytest

from stayrank_training.evaluation.aesthetic_report import ScoreHistogram
from stayrank_training.evaluation.plots.canvas import ACCENT, INK, new_figure, svg
from stayrank_training.evaluation.plots.histogram import score_histogram
from stayrank_training.evaluation.plots.reliability import reliability_diagram
from stayrank_training.evaluation.plots.scatter import score_scatter
from stayrank_training.evaluation.plots.trade_off import trade_off_plot
from stayrank_training.evaluation.ranking_report import Answered, ranking_report
from stayrank_training.evaluation.reliability import calibration


def _simple():
    figure, (axis,) = new_figure()
    axis.plot([0, 1], [0, 1], color=ACCENT, label="line")
    axis.set_xlabel("across", color=INK)
    return figure


def test_colours_are_those_of_the_page_so_that_plots_follow_light_and_dark():
    drawn = svg(_simple(), "a", "A line.")

    assert "var(--accent)" in drawn
    assert "var(--ink)" in drawn
    assert not re.search(r"#0[1-9]0[1-9]0[1-9]", drawn)


def test_text_stays_text_and_the_description_is_escaped():
    drawn = svg(_simple(), "a", 'Less < more "quoted"')

    assert ">across</text>" in drawn
    assert 'aria-label="Less &lt; more &#34;quoted&#34;"' in drawn


def test_two_plots_of_a_page_share_no_id_and_one_plot_is_always_the_same():
    one, other = svg(_simple(), "a", ""), svg(_simple(), "b", "")

    assert not set(re.findall(r'\bid="([^"]+)"', one)) & set(re.findall(r'\bid="([^"]+)"', other))
    assert svg(_simple(), "a", "") == one


def test_axes_below_the_first_share_its_horizontal_axis():
    _, (above, below) = new_figure(rows=(3, 1))
    above.set_xlim(2, 3)

    assert below.get_xlim() == (2, 3)


def test_the_reliability_diagram_names_both_errors(tag_judgements):
    drawn = reliability_diagram(calibration(tag_judgements([0, 0, 1], [0, 1, 1]), 1.5))

    assert "raw, ECE" in drawn
    assert "served, ECE" in drawn


@pytest.mark.parametrize(("photos", "picture"), [(30, False), (2100, True)])
def test_many_points_become_a_picture(rating_judgements, photos, picture):
    ratings = np.random.default_rng(0).integers(1, 11, (2, photos))

    assert ("<image" in score_scatter(rating_judgements(*ratings))) == picture


def test_the_histogram_shows_both_scores():
    drawn = score_histogram(
        ScoreHistogram(edges=[1, 4, 7, 10], given=[1, 2, 3], predicted=[3, 2, 1])
    )

    assert ">given</text>" in drawn
    assert ">predicted</text>" in drawn


def test_the_trade_off_is_a_line_and_what_takes_none_is_a_point(rated_gallery, gallery_answers):
    gallery = rated_gallery("a", ["bedroom", "bathroom"], [5, 7])
    said = gallery_answers(gallery)
    report = ranking_report(
        [gallery],
        Answered([said], [said]),
        lambda answers, *_, **__: [result.id for result in answers.tags.results],
        strategies=["coverage", "score", "round_robin", "mmr"],
        trade_off=0.35,
        data="d",
        split="train",
    )

    drawn = trade_off_plot(report)

    for text in ("coverage", "round robin", "random", "λ 0", "λ 0.35", "λ 1"):
        assert f">{text}</text>" in drawn
