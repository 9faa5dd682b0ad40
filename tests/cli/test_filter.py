import csv
import json

import pytest

from stayrank_cli.filter_verdict import Filtered


@pytest.fixture
def policy(tmp_path_factory):
    """Write a policy and return its path."""

    def write(text: str):
        path = tmp_path_factory.mktemp("policy") / "feed.toml"
        path.write_text(text)
        return path

    return write


def test_a_dry_run_names_the_rule_of_each_photo_and_copies_nothing(
    stayrank, gallery, policy, tmp_path_factory
):
    out = tmp_path_factory.mktemp("feed")

    outcome = stayrank("filter", gallery, "--policy", policy("min_pixels = 6145"), "--out", out)

    assert outcome.code == 0
    assert "6,144 pixels are fewer than 6,145" in outcome.out
    assert "0 kept, 5 removed (min pixels 4, unreadable 1); nothing copied" in outcome.out
    assert not list(out.iterdir())


def test_what_is_kept_is_copied_with_its_folders_and_byte_for_byte(
    stayrank, gallery, policy, tmp_path_factory
):
    out = tmp_path_factory.mktemp("feed") / "new"
    rules = policy("min_pixels = 6144")

    outcome = stayrank("filter", gallery, "--policy", rules, "--apply", "--out", out, "--json")

    verdict = Filtered.model_validate_json(outcome.out)
    copied = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert verdict.applied
    assert copied == {"a.jpg", "b.PNG", "c.webp", "more/d.jpeg"}
    assert all((out / name).read_bytes() == (gallery / name).read_bytes() for name in copied)
    assert [photo.id for photo in verdict.photos if not photo.kept] == [str(gallery / "broken.jpg")]


def test_json_and_csv_say_the_same(stayrank, gallery, policy, tmp_path_factory):
    table = tmp_path_factory.mktemp("report") / "feed.csv"
    rules = policy('min_mean = 9.9\n[[blocked]]\ntag = "bathroom"\nmin_probability = 0')

    printed = json.loads(
        stayrank("filter", gallery, "--policy", rules, "--csv", table, "--json").out
    )

    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [photo["id"] for photo in printed["photos"]]
    readable = [row for row in rows if "broken" not in row["id"]]
    assert {row["rules"] for row in readable} == {"blocked min_mean"}
    assert {row["kept"] for row in rows} == {"False"}
    assert printed["aesthetic"]["name"] == "nima-mobilenet"


def test_no_name_is_a_formula_in_the_csv(stayrank, picture, policy, tmp_path, monkeypatch):
    (tmp_path / "=1+1.jpg").write_bytes(picture())
    monkeypatch.chdir(tmp_path)

    stayrank("filter", ".", "--policy", policy("min_pixels = 1"), "--csv", "feed.csv")

    assert (tmp_path / "feed.csv").read_text().splitlines()[1].startswith("'=1+1.jpg,True,")


def test_a_tag_that_the_tagger_does_not_know_is_an_error_of_one_line(stayrank, gallery, policy):
    outcome = stayrank("filter", gallery, "--policy", policy('[[blocked]]\ntag = "sauna"'))

    assert outcome.code == 1
    assert outcome.err.startswith("error: the policy blocks 'sauna'")
    assert outcome.err.count("\n") == 1


def test_nothing_is_copied_where_a_copy_would_lie_on_another_file(
    stayrank, gallery, policy, tmp_path_factory
):
    out = tmp_path_factory.mktemp("feed")
    (out / "c.webp").write_text("older")
    apply = ("--policy", policy(""), "--apply", "--out", out)

    older = stayrank("filter", gallery, *apply)
    (gallery / "more" / "a.jpg").write_bytes((gallery / "a.jpg").read_bytes())
    same = stayrank("filter", gallery / "a.jpg", gallery / "more", *apply[:-1], out / "x")

    assert (older.code, same.code) == (2, 2)
    assert "already a file" in older.err
    assert "two photos would be" in same.err
    assert [path.name for path in out.rglob("*")] == ["c.webp"]


def test_apply_without_a_folder_is_bad_usage(stayrank, gallery, policy):
    outcome = stayrank("filter", gallery, "--policy", policy(""), "--apply")

    assert outcome.code == 2
    assert "--out" in outcome.err
