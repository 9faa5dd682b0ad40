import csv
import json

import numpy as np
import pytest

from stayrank_training.data.fingerprints import MAX_DISTANCE, MIN_CORRELATION


@pytest.fixture
def tree(tmp_path, picture):
    """`<tag>/<photo>` with twelve photos, one of them twice, and a broken one."""
    folder = tmp_path / "photos"
    for seed in range(12):
        path = folder / ("foyer" if seed % 2 else "gym") / f"{seed}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(seed=seed))
    (folder / "gym" / "copy.jpg").write_bytes(picture(seed=0))
    (folder / "gym" / "broken.jpg").write_text("no picture")
    return folder


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_steps_follow_each_other(stayrank, tree, tmp_path):
    checked, deduped, split, sample = (tmp_path / f"{n}.csv" for n in "abcd")

    for arguments in (
        ("check", tree, "--out", checked),
        ("dedupe", checked, "--photos", tree, "--out", deduped),
        ("split", deduped, "--photos", tree, "--shares", "50/50", "--out", split),
        ("sample", split, "--photos", tree, "-n", 4, "--by", "tag", "--out", sample),
    ):
        assert stayrank("data", *arguments).code == 0

    assert (len(_rows(checked)), len(_rows(deduped)), len(_rows(sample))) == (13, 12, 4)
    assert sorted(row["split"] for row in _rows(split)) == ["test"] * 6 + ["train"] * 6
    assert _rows(tmp_path / "a.dropped.csv") == [
        {
            "file": "gym/broken.jpg",
            "reason": "unreadable: not an image of a supported format",
        }
    ]
    (dropped,) = _rows(tmp_path / "b.dropped.csv")
    assert (dropped["file"], dropped["kept"], dropped["reason"]) == (
        "gym/copy.jpg",
        "gym/0.jpg",
        "exact duplicate",
    )


def test_check_tells_programs_and_fails_only_if_nothing_is_readable(stayrank, tree):
    mixed = stayrank("data", "check", tree, "--json")
    for path in tree.rglob("*.jpg"):
        path.write_text("no picture")
    hopeless = stayrank("data", "check", tree)

    report = json.loads(mixed.out)
    assert (mixed.code, report["photos"], report["readable"]) == (0, 14, 13)
    assert report["findings"][0]["file"] == "gym/broken.jpg"
    assert hopeless.code == 1
    assert "0 of 14" in hopeless.out


def test_photos_that_lie_elsewhere_are_one_error_and_not_a_line_each(stayrank, tree, tmp_path):
    stayrank("data", "check", tree, "--out", tmp_path / "m.csv")

    outcome = stayrank("data", "check", tmp_path / "m.csv")

    assert (outcome.code, outcome.out) == (2, "")
    assert "--photos: none of the 13 photos lies in" in outcome.err


def test_dedupe_keeps_a_record_of_what_cannot_be_read(stayrank, tree, tmp_path):
    outcome = stayrank("data", "dedupe", tree, "--out", tmp_path / "m.csv")

    dropped = {row["file"]: row["reason"] for row in _rows(tmp_path / "m.dropped.csv")}
    assert "1 unreadable" in outcome.out
    assert dropped == {
        "gym/copy.jpg": "exact duplicate",
        "gym/broken.jpg": "unreadable: not an image of a supported format",
    }


def test_split_says_what_it_cannot_keep_together(stayrank, tree, tmp_path):
    (tree / "gym" / "broken.jpg").unlink()
    files = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*.jpg"))
    rows = "".join(f"{file},gym,{n % 4},\n" for n, file in enumerate(files))
    (tmp_path / "m.csv").write_text("file,tag,property,cluster\n" + rows)
    out = ("--out", tmp_path / "s.csv")

    unknown = stayrank("data", "split", tree, *out)
    known = stayrank("data", "split", tmp_path / "m.csv", "--photos", tree, *out)

    assert "warning: 13 of 13 photos have no `property`" in unknown.err
    assert "warning: no column `cluster`" in unknown.err
    assert (known.code, known.err) == (0, "")


def test_dedupe_can_mark_without_dropping(stayrank, tree, tmp_path):
    (tree / "gym" / "broken.jpg").unlink()
    out = tmp_path / "m.csv"
    outcome = stayrank("data", "dedupe", tree, "--mark", "--out", out, "--json")

    assert json.loads(outcome.out)["exact"] == 1
    assert [row["reason"] for row in _rows(tmp_path / "m.dropped.csv")] == ["exact duplicate"]
    assert sum(row["cluster"] == "gym/0.jpg" for row in _rows(out)) == 2
    assert len(_rows(out)) == 13


def test_clean_writes_suspects_a_page_and_a_judgement(stayrank, tree, tmp_path):
    (tree / "gym" / "broken.jpg").unlink()
    files = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*.jpg"))
    gym = np.array(
        [0.001 if name == "gym/2.jpg" else 0.95 * name.startswith("gym") + 0.02 for name in files]
    )
    np.savez(
        tmp_path / "p.npz",
        files=files,
        classes=["foyer", "gym"],
        probabilities=np.stack([1 - gym, gym], axis=1),
    )
    (tmp_path / "corrections.csv").write_text("file,label,verdict\ngym/2.jpg,gym,foyer\n")

    outcome = stayrank(
        "data",
        "clean",
        tree,
        "--probabilities",
        tmp_path / "p.npz",
        "--html",
        tmp_path / "review.html",
        "--suspects",
        tmp_path / "s.csv",
        "--judge",
        tmp_path / "corrections.csv",
        "--json",
    )

    report = json.loads(outcome.out)
    assert (outcome.code, report["suspects"], report["classes"]) == (0, 1, {"foyer": 0, "gym": 1})
    assert report["judgements"][0]["average_precision"] == 1
    assert _rows(tmp_path / "s.csv")[0]["file"] == "gym/2.jpg"
    assert 'data-file="gym/2.jpg"' in (tmp_path / "review.html").read_text()


def test_enrich_takes_a_folder_and_skips_what_is_there(stayrank, tree, tmp_path, picture):
    (tree / "gym" / "broken.jpg").unlink()
    more = tmp_path / "more"
    more.mkdir()
    for seed in (0, 50):
        (more / f"{seed}.jpg").write_bytes(picture(seed=seed))

    outcome = stayrank(
        "data",
        "enrich",
        tree,
        more,
        "--name",
        "friends",
        "--tag",
        "gym",
        "--out",
        tree / "manifest.csv",
    )

    assert outcome.code == 0
    assert "1 photos added as friends, 1 skipped" in outcome.out
    assert _rows(tree / "manifest.dropped.csv") == [{"file": "0.jpg", "reason": "exact duplicate"}]
    assert len(_rows(tree / "manifest.csv")) == 14
    assert stayrank("data", "check", tree).code == 0


def test_urls_are_fetched_from_named_hosts_only(stayrank, tree, tmp_path):
    (tmp_path / "urls.txt").write_text("http://localhost/a.jpg\nhttp://elsewhere.example/b.jpg\n")
    arguments = (
        "data",
        "enrich",
        tree,
        tmp_path / "urls.txt",
        "--name",
        "web",
        "--tag",
        "gym",
        "--out",
        tmp_path / "m.csv",
    )

    unnamed = stayrank(*arguments)
    named = stayrank(*arguments, "--allow-host", "localhost")

    assert unnamed.code == 1
    assert "--allow-host" in unnamed.err
    assert named.code == 1  # nothing came of it
    assert [row["file"] for row in _rows(tmp_path / "m.dropped.csv")] == [
        "http://localhost/a.jpg",
        "http://elsewhere.example/b.jpg",
    ]
    assert "not public" in named.out
    assert "not allowed" in named.out
    assert "0 photos added as web, 0 skipped as exact duplicates, 2 unusable" in named.out


def test_votes_are_converted(stayrank, tmp_path):
    (tmp_path / "AVA.txt").write_text("1 9 0 1 5 17 38 36 15 6 5 1 1 22 1396\n")

    outcome = stayrank("data", "convert", tmp_path / "AVA.txt", tmp_path / "labels.json")

    assert outcome.code == 0
    assert json.loads((tmp_path / "labels.json").read_text())[0]["image_id"] == "9"


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("split", "photos", "--shares", "70", "--out", "x.csv"), 2, "70/30"),
        (("sample", "photos", "-n", "3", "--weight", "tag=gym", "--out", "x.csv"), 2, "column="),
        (("sample", "photos", "-n", "99", "--out", "x.csv"), 1, "cannot draw 99"),
        (("split", "photos", "--out", "x.txt"), 1, ".csv or .parquet"),
        (("check", "nowhere"), 1, "no such file or folder"),
        (("convert", "AVA.txt", "x.json"), 1, "AVA.txt"),
    ],
)
def test_errors_are_one_line(stayrank, tree, monkeypatch, arguments, code, problem):
    monkeypatch.chdir(tree.parent)
    outcome = stayrank("data", *arguments)

    assert outcome.code == code
    assert outcome.err.startswith("error: ")
    assert problem in outcome.err


def test_the_defaults_of_the_command_are_those_that_were_measured(stayrank):
    outcome = stayrank("data", "dedupe", "--help")

    assert f"[default: {MAX_DISTANCE}]" in outcome.out
    assert f"[default: {MIN_CORRELATION}]" in outcome.out


def test_agreement_names_classes_and_disputed_photos(stayrank, tmp_path):
    anna, ben = tmp_path / "anna.csv", tmp_path / "ben.csv"
    anna.write_text("file,label,verdict\n1.jpg,gym,keep\n2.jpg,gym,foyer\n")
    ben.write_text("file,label,verdict\n1.jpg,gym,keep\n2.jpg,gym,drop\n")

    told = stayrank("data", "agreement", anna, ben)
    printed = json.loads(stayrank("data", "agreement", anna, ben, "--json").out)

    assert told.code == 0
    assert "anna.csv" in told.out
    assert printed["classes"]["gym"] == {"photos": 1, "kappa": 1.0}
    assert printed["disputed"] == {"2.jpg": ["foyer", "drop"]}
