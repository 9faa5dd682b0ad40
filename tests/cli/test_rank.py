import json
import re
import time
from pathlib import Path

import pytest

from stayrank_cli.rank import Context, QualityScale, Strategy
from stayrank_common.tags import words
from stayrank_gallery import schemas
from stayrank_gallery.contexts import contexts
from stayrank_gallery.schemas import RankOptions, RankResponse


def test_json_is_the_http_schema_and_ids_are_paths_as_given(stayrank, gallery, monkeypatch):
    monkeypatch.chdir(gallery.parent)

    outcome = stayrank("rank", gallery.name, "--json")

    answer = RankResponse.model_validate_json(outcome.out)
    ids = {place.id for place in answer.ranking} | {gone.id for gone in answer.removed}
    assert outcome.code == 0
    assert ids == {
        f"{gallery.name}/{name}"
        for name in ("a.jpg", "b.PNG", "c.webp", "more/d.jpeg", "broken.jpg")
    }
    assert [gone.id for gone in answer.removed if gone.reason == "unreadable"] == [
        f"{gallery.name}/broken.jpg"
    ]


def test_the_table_gives_place_area_score_and_reason_and_reports_the_broken_file(stayrank, gallery):
    outcome = stayrank("rank", gallery, "--strategy", "score")

    assert outcome.code == 0
    assert "best photo overall" in outcome.out
    assert re.search(r"Left out: \S*broken.jpg \(unreadable: not an image", outcome.out)


def test_limit_and_trade_off_are_passed_on(stayrank, gallery):
    one = json.loads(stayrank("rank", gallery, "--limit", "1", "--json").out)
    plain = json.loads(stayrank("rank", gallery, "--trade-off", "0", "--json").out)

    means = [place["aesthetic"]["mean"] for place in plain["ranking"]]
    assert len(one["ranking"]) == 1
    assert means == sorted(means, reverse=True)


def test_the_contact_sheet_holds_every_picture_and_refers_to_nothing_outside(
    stayrank, gallery, tmp_path_factory
):
    sheet = tmp_path_factory.mktemp("out") / "sheet.html"

    outcome = stayrank("rank", gallery, "--html", sheet)

    page = sheet.read_text()
    places = page.count('<li class="photo')
    assert outcome.code == 0
    assert f"Wrote {sheet}" in outcome.err.splitlines()
    assert places >= 1
    assert page.count('src="data:image/jpeg;base64,') >= places
    assert not re.search(r'(?:src|href)="(?!data:)', page)


@pytest.mark.parametrize(
    ("verb", "option"), [("rank", "--html"), ("rank", "--export"), ("audit", "--html")]
)
def test_a_file_whose_folder_is_missing_is_bad_usage_before_a_photo_is_looked_at(
    stayrank, gallery, monkeypatch, verb, option
):
    monkeypatch.setattr("stayrank_cli.ranking.look_at_one", pytest.fail)

    outcome = stayrank(verb, gallery, option, "/no/such/folder/order.csv")

    assert (outcome.code, outcome.out) == (2, "")
    assert "cannot write /no/such/folder/order.csv" in outcome.err


@pytest.mark.parametrize("option", ["--html", "--export"])
def test_a_file_that_cannot_be_written_after_all_costs_no_order(stayrank, gallery, option):
    outcome = stayrank("rank", gallery, option, "/dev/full/order.csv")

    assert outcome.code == 2
    assert outcome.err.startswith("error: ")
    assert "best photo overall" in outcome.out


def test_the_help_tells_the_defaults(stayrank, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    options = RankOptions()

    said = stayrank("rank", "--help").out

    for default in (options.trade_off, options.stability, options.strategy, options.score):
        assert re.search(rf"by default {default}", said), default


def test_the_choices_are_those_of_the_service():
    assert {s.value for s in Strategy} == {s.value for s in schemas.Strategy}
    assert {s.value for s in QualityScale} == {s.value for s in schemas.QualityScale}
    assert [c.value for c in Context] == [c.name for c in contexts().contexts]


def order_of(outcome) -> list[str]:
    assert outcome.code == 0, outcome.err
    return [Path(place["id"]).name for place in json.loads(outcome.out)["ranking"]]


def test_pins_exclusions_and_the_rest_are_passed_on(stayrank, gallery):
    pinned, excluded = f"{gallery}/c.webp", f"{gallery}/a.jpg"

    outcome = stayrank(
        "rank", gallery, "--json", "--pin", f"{pinned}:1", "--exclude", excluded,
        "--max-run", 1, "--context", "family", "--score", "area_percentile",
    )  # fmt: skip

    answer = RankResponse.model_validate_json(outcome.out)
    assert answer.ranking[0].id == pinned
    assert answer.ranking[0].pinned
    assert [gone.id for gone in answer.removed if gone.reason == "excluded"] == [excluded]


def test_a_present_order_is_kept_from_json_and_from_lines(stayrank, gallery, tmp_path_factory):
    before = tmp_path_factory.mktemp("out") / "before"
    first = stayrank("rank", gallery, "--json", "--trade-off", 0)
    backwards = [place["id"] for place in json.loads(first.out)["ranking"]][::-1]

    before.write_text(first.out)
    from_json = stayrank("rank", gallery, "--json", "--current", before, "--strategy", "score")
    before.write_text("\n".join(backwards))
    options = ("--current", before, "--stability", 1, "--strategy", "score")
    from_lines = stayrank("rank", gallery, "--json", *options)

    assert order_of(from_json) == order_of(first)
    assert order_of(from_lines) == [Path(name).name for name in backwards]


def test_photos_against_the_policy_are_left_out_with_the_rule(stayrank, gallery, tmp_path_factory):
    policy = tmp_path_factory.mktemp("out") / "feed.toml"
    policy.write_text("min_pixels = 1_000_000")

    outcome = stayrank("rank", gallery, "--policy", policy)

    assert outcome.code == 0
    assert "a.jpg (policy: 6,144 pixels are fewer than 1,000,000)" in outcome.out


def test_a_model_that_is_not_there_is_told_before_every_photo_was_looked_at(
    stayrank, gallery, monkeypatch
):
    looked = []

    def slowly(photo, decoder):
        looked.append(photo.id)
        time.sleep(1)

    monkeypatch.setattr("stayrank_cli.ranking.look_at_one", slowly)

    outcome = stayrank("rank", gallery, "--model", "no-such-model")

    assert (outcome.code, "no-such-model" in outcome.err) == (1, True)
    assert len(looked) < 5


@pytest.mark.parametrize(
    ("option", "value", "code", "message"),
    [
        ("--pin", "ghost.jpg:1", 1, "no photo of this gallery has the id 'ghost.jpg'"),
        ("--pin", "ghost.jpg", 2, "expected ID:PLACE"),
        ("--exclude", "ghost.jpg", 1, "'ghost.jpg'"),
        ("--current", "/no/such/file", 2, "cannot read /no/such/file"),
        ("--policy", "/no/such/file", 1, "No such file"),
        ("--context", "pets", 2, "pets"),
    ],
)
def test_options_that_cannot_be_are_told_before_anything_is_scored(
    stayrank, gallery, option, value, code, message
):
    outcome = stayrank("rank", gallery, option, value)

    assert outcome.code == code
    assert message in outcome.err
    assert "Traceback" not in outcome.err


def test_a_present_order_that_is_other_json_is_refused(stayrank, gallery, tmp_path_factory):
    before = tmp_path_factory.mktemp("out") / "before.json"
    before.write_text('{"ranking": "no"}')

    outcome = stayrank("rank", gallery, "--current", before)

    assert outcome.code == 2
    assert "is not what `stayrank rank --json` writes" in outcome.err


def test_where_nothing_can_be_ordered_no_empty_table_is_shown(stayrank, tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")

    outcome = stayrank("rank", tmp_path)

    assert outcome.out.startswith("Left out: ")


def test_json_of_nothing_but_bad_files_says_what_is_wrong_with_each(stayrank, tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "gone.jpg").symlink_to("nowhere.jpg")

    outcome = stayrank("rank", tmp_path, "--json")

    answer = RankResponse.model_validate_json(outcome.out)
    assert outcome.code == 1
    assert outcome.err.startswith("error: no photo could be used: ")
    assert outcome.err.count("\n") == 1
    assert answer.ranking == []
    assert [gone.id for gone in answer.removed] == [
        f"{tmp_path}/{name}.jpg" for name in ("empty", "gone", "text")
    ]
    assert all(gone.reason == "unreadable" and gone.error for gone in answer.removed)


def test_with_a_limit_the_areas_are_named_that_its_places_do_not_show(stayrank, gallery):
    full = RankResponse.model_validate_json(stayrank("rank", gallery, "--json").out)
    first = full.ranking[0].id
    hidden = [words(area) for area, shown_by in full.coverage.items() if first not in shown_by]

    outcome = stayrank("rank", gallery, "--limit", "1")

    (line,) = [x for x in outcome.out.splitlines() if x.startswith("Not shown by ")]
    assert line == f"Not shown by the first 1: {', '.join(hidden)}"
    assert f"Left out: {len(full.ranking) - 1} more, over the limit" in outcome.out


def test_without_a_limit_missing_areas_are_shown_by_no_photo(stayrank, gallery):
    outcome = stayrank("rank", gallery)

    assert "Not shown by any photo: " in outcome.out
    assert "over the limit" not in outcome.out


def test_one_model_may_give_both_answers(stayrank, gallery):
    outcome = stayrank("rank", gallery, "--model", "duo-mobilenet", "--json")

    answer = RankResponse.model_validate_json(outcome.out)
    assert answer.models.tagger == answer.models.aesthetic
    assert answer.models.tagger.name == "duo-mobilenet"
    assert len(answer.ranking) + len(answer.removed) == 5


def test_a_model_that_gives_one_answer_cannot_rank_alone(stayrank, gallery):
    outcome = stayrank("rank", gallery, "--model", "tagger-mobilenet")

    assert outcome.code == 1
    assert "not for duo" in outcome.err
