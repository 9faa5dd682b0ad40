import csv
import json
import os
from pathlib import Path

import pytest
import typer

from stayrank_cli.batch import write_batch
from stayrank_cli.photos import find_photos
from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.schemas import AestheticResponse, TagResponse
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import AestheticPredictor, TagPredictor
from stayrank_models.sealing import seal

SUFFIXES = [".jsonl", ".csv"]
LAST = ["warnings", "error", "model", "version", "sha256"]  # columns
TASKS = {"tagging": (TagPredictor, 8), "aesthetics": (AestheticPredictor, 10)}


class Interrupted(PlainDecoder):
    """Ctrl-C is pressed at one photo, as it seems to who waits for the result."""

    def __init__(self, name):
        super().__init__()
        self.name = name

    def open_image(self, source, preprocessing):
        if source.name == self.name:
            raise KeyboardInterrupt
        return super().open_image(source, preprocessing)


@pytest.fixture
def predictor(tmp_path_factory):
    """Open a fake model: `predictor(task, decoder)`."""

    def open_fake(task="tagging", decoder=None):
        look, classes = TASKS[task]
        fake = fake_artifact(tmp_path_factory.mktemp("model"), task)
        stated = {"duplicate_threshold": 0.93}  # no column of a CSV has it
        artifact = seal(fake.folder, fake.manifest.model_copy(update=stated), ())
        return look(artifact, FakeEngine(classes), decoder, threads=1)

    return open_fake


@pytest.fixture
def folder(tmp_path, picture):
    """Eleven photos and one that is none, the third."""
    for number in range(12):
        (tmp_path / f"{number:02}.jpg").write_bytes(picture(seed=number))
    (tmp_path / "02.jpg").write_bytes(b"no picture")
    return tmp_path


@pytest.fixture(params=SUFFIXES)
def out(request, tmp_path_factory):
    return tmp_path_factory.mktemp("out") / f"results{request.param}"


def _write(path, folder, predictor):
    answer = TagResponse if predictor.task == "tagging" else AestheticResponse
    write_batch(path, find_photos([folder]), predictor, answer)


def _records(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)] if path.suffix == ".csv" else [*map(json.loads, file)]


@pytest.mark.parametrize("task", TASKS)
def test_a_line_of_jsonl_is_a_result_of_json_and_the_model(folder, tmp_path, predictor, task):
    looking = predictor(task)
    _write(tmp_path / "out.jsonl", folder, looking)

    records = _records(tmp_path / "out.jsonl")

    results = [r.model_dump(mode="json") for r in looking.predict(find_photos([folder]))]
    for result in results:
        result.pop("embedding", None)
    assert records == [{**result, "model": looking.info.model_dump()} for result in results]


@pytest.mark.parametrize(
    ("task", "columns"),
    [("tagging", "top_tag probability rejected"), ("aesthetics", "mean std percentile")],
)
def test_a_row_of_csv_tells_the_same_in_columns(folder, tmp_path, predictor, task, columns):
    looking = predictor(task)
    (folder / "03.jpg").write_bytes((folder / "03.jpg").read_bytes()[:-20])
    _write(tmp_path / "out.csv", folder, looking)

    rows = _records(tmp_path / "out.csv")

    assert [*rows[0]] == ["id", *columns.split(), *LAST]
    for row, result in zip(rows, looking.predict(find_photos([folder])), strict=True):
        told = result.model_dump()
        if task == "tagging" and result.status == "ok":
            told["probability"] = result.tags[0].probability
        assert row["id"] == result.id
        assert [row[column] for column in columns.split()] == [
            str(told.get(column, "")) for column in columns.split()
        ]
    assert rows[2]["error"].startswith("undecodable-photo: ")
    assert rows[3]["warnings"] == "truncated"
    info = looking.info
    assert {(r["model"], r["version"], r["sha256"]) for r in rows} == {
        (info.name, info.version, info.sha256)
    }


def test_what_was_stopped_goes_on_where_it_was(folder, out, predictor, tmp_path_factory, capsys):
    whole = tmp_path_factory.mktemp("whole") / out.name
    _write(whole, folder, predictor())
    capsys.readouterr()

    with pytest.raises(SystemExit) as stop:
        _write(out, folder, predictor(decoder=Interrupted("09.jpg")))

    assert stop.value.code == 130
    assert len(_records(out)) == 8  # a batch has four
    assert capsys.readouterr().err.strip() == (
        f"error: stopped; 8 of 12 photos are in {out}, and the same command goes on"
    )
    _write(out, folder, predictor())
    assert out.read_bytes() == whole.read_bytes()
    assert f"Wrote {out}: 4 written, 0 of them failed, 8 skipped" in capsys.readouterr().err


def test_each_result_is_in_the_file_before_the_next_is_there(folder, out, predictor):
    lines = []

    class Watched(TagPredictor):
        def stream(self, photos, stop=None):
            for result in super().stream(photos, stop):
                lines.append(out.read_bytes().count(b"\n"))
                yield result

    _write(out, folder, Watched(predictor().artifact, FakeEngine(8)))

    first = 1 if out.suffix == ".csv" else 0
    assert lines[1:] == [*range(first + 1, first + 12)]


def test_a_second_run_on_the_same_file_is_refused_and_the_first_goes_on(
    folder, out, predictor, stayrank
):
    class Joined(TagPredictor):
        def stream(self, photos, stop=None):
            for number, result in enumerate(super().stream(photos, stop)):
                if number == 5:
                    before = out.read_bytes()
                    refused.append(stayrank("tag", folder, "--out", out))
                    assert out.read_bytes() == before
                yield result

    refused = []
    _write(out, folder, Joined(predictor().artifact, FakeEngine(8)))

    assert [outcome.code for outcome in refused] == [1]
    assert refused[0].err.endswith(
        f"error: {out}: another run writes to it; wait for its end, or name another file\n"
    )
    assert len(_records(out)) == 12


def test_nothing_is_looked_at_twice(folder, out, predictor, picture):
    _write(out, folder, predictor())
    before = out.read_bytes()
    for photo in folder.glob("*.jpg"):
        photo.write_bytes(b"would fail now")
    (folder / "12.jpg").write_bytes(picture(seed=12))

    _write(out, folder, predictor())

    assert out.read_bytes().startswith(before)
    assert [r["id"] for r in _records(out)][12:] == [f"{folder}/12.jpg"]


def test_names_that_are_formulas_are_text_to_spreadsheets_and_the_same_names_afterwards(
    folder, tmp_path_factory, predictor, monkeypatch
):
    out = tmp_path_factory.mktemp("out") / "results.csv"
    names = ["=1+1.jpg", "'=1+1.jpg", "@SUM.jpg", "plain.jpg"]
    for photo, name in zip(sorted(folder.glob("*.jpg")), names, strict=False):
        photo.rename(folder / name)
    monkeypatch.chdir(folder)
    _write(out, Path(), predictor())
    before = out.read_bytes()

    _write(out, Path(), predictor())

    assert out.read_bytes() == before
    ids = {record["id"] for record in _records(out)}
    assert ids > {"'=1+1.jpg", "''=1+1.jpg", "'@SUM.jpg", "plain.jpg"}


def test_a_line_torn_anywhere_is_cut_off_and_written_again(folder, out, predictor):
    (folder / "11.jpg").rename(folder / 'x"two,\nlines".jpg')
    _write(out, folder, predictor())
    whole = out.read_bytes()
    last = whole.rindex(b"/x") + 2  # within the id, which in CSV spans lines

    for end in range(last, len(whole)):
        out.write_bytes(whole[:end])
        _write(out, folder, predictor())
        assert out.read_bytes() == whole


@pytest.mark.parametrize("task", TASKS)
def test_a_file_of_another_model_is_refused_and_left_alone(stayrank, folder, out, predictor, task):
    _write(out, folder, predictor(task))
    before = out.read_bytes()
    verb = "tag" if task == "tagging" else "score"

    outcome = stayrank(verb, folder, "--out", out)

    assert outcome.code == 2
    assert f"{out} holds answers of fake-{task} 0.0.0" in outcome.err
    assert "name another file" in outcome.err
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"a line without its end",
        b"id,name\r\n1,pool\r\n",
        b'{"id": "pool"}\n',
        b"[]\n",
        b"\xff\n",
        b"\n",
    ],
)
def test_a_file_of_something_else_is_refused_and_left_alone(stayrank, folder, out, content):
    out.write_bytes(content)

    outcome = stayrank("tag", folder, "--out", out)

    assert outcome.code == 2
    assert f"{out} holds something else" in outcome.err
    assert out.read_bytes() == content


def test_a_record_that_is_broken_in_the_middle_is_named_and_nothing_is_cut(folder, out, predictor):
    _write(out, folder, predictor())
    lines = out.read_bytes().splitlines(keepends=True)
    lines[5] = b"broken\n"
    out.write_bytes(b"".join(lines))

    with pytest.raises(typer.BadParameter, match=f"in record {6 if out.suffix == '.jsonl' else 5}"):
        _write(out, folder, predictor())

    assert out.read_bytes() == b"".join(lines)


def test_scores_do_not_go_on_with_tags_even_of_one_model(folder, out, predictor):
    _write(out, folder, predictor())
    before = out.read_bytes()

    with pytest.raises(typer.BadParameter, match="something else"):
        write_batch(out, find_photos([folder]), predictor(), AestheticResponse)

    assert out.read_bytes() == before


def test_an_empty_file_is_a_new_one(folder, out, predictor):
    out.touch()

    _write(out, folder, predictor())

    assert len(_records(out)) == 12


def test_failures_are_recorded_and_counted_and_are_no_error(stayrank, folder, out):
    outcome = stayrank("score", folder, "--out", out)

    assert outcome.code == 0
    assert not outcome.out
    assert f"Wrote {out}: 12 written, 1 of them failed, 0 skipped" in outcome.err
    assert "not an image" in json.dumps(_records(out)[2]["error"])


def test_if_no_photo_can_be_used_they_are_recorded_and_it_is_exit_1(stayrank, tmp_path, out):
    (tmp_path / "text.jpg").write_bytes(b"no picture")

    outcome = stayrank("tag", tmp_path, "--out", out)

    assert outcome.code == 1
    assert len(_records(out)) == 1


@pytest.mark.parametrize("verb", ["tag", "score"])
@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--out", "out.parquet"], "one of .csv, .jsonl"),
        (["--out", "out"], "one of .csv, .jsonl"),
        (["--out", "/no/such/folder/out.csv"], "cannot write /no/such/folder/out.csv: No such"),
        (["--out", "out.csv", "--json"], "goes without --json"),
    ],
)
def test_a_file_that_will_not_do_is_bad_usage(
    stayrank, folder, monkeypatch, verb, options, complaint
):
    monkeypatch.chdir(folder)

    outcome = stayrank(verb, folder, *options)

    assert outcome.code == 2
    assert complaint in outcome.err
    assert not [*folder.glob("out*")]


def test_a_folder_that_may_not_be_written_is_bad_usage(stayrank, folder, tmp_path_factory):
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o500)
    if os.access(closed, os.W_OK):
        pytest.skip("root may write everywhere")

    outcome = stayrank("tag", folder, "--out", closed / "out.csv")

    assert outcome.code == 2
    assert "cannot write" in outcome.err
