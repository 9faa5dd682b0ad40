import csv
from pathlib import Path

import pytest

from stayrank_gallery.exports import ExportFormat, export
from stayrank_gallery.schemas import RankResponse


@pytest.mark.parametrize("form", ExportFormat)
def test_the_order_is_written_in_the_form_that_the_name_asks_for(
    stayrank, gallery, tmp_path_factory, form
):
    path = tmp_path_factory.mktemp("out") / f"order{form.suffix.upper()}"

    outcome = stayrank("rank", gallery, "--json", "--export", path)

    assert outcome.code == 0
    assert path.read_bytes() == export(RankResponse.model_validate_json(outcome.out), form)


def test_beside_the_table_it_is_said_where_the_order_is(stayrank, gallery, tmp_path_factory):
    path = tmp_path_factory.mktemp("out") / "order.csv"

    outcome = stayrank("rank", gallery, "--limit", "2", "--export", path)

    with path.open(newline="") as file:
        assert len([*csv.DictReader(file)]) == 2
    assert f"Wrote {path}" in outcome.err.splitlines()


@pytest.mark.parametrize(
    ("path", "complaint"),
    [("order.xlsx", "one of .csv, .json, .xml"), ("/no/such/folder/o.csv", "cannot write")],
)
def test_a_name_or_folder_that_will_not_do_is_bad_usage(stayrank, gallery, path, complaint):
    outcome = stayrank("rank", gallery, "--export", Path(path))

    assert outcome.code == 2
    assert complaint in outcome.err
