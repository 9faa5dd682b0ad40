import csv
import io
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.exports.rows import Row, order_of
from stayrank_gallery.exports.table import to_csv


def read(text):
    return [*csv.DictReader(io.StringIO(text, newline=""))]


def test_there_is_a_line_a_photo_under_the_names_of_the_columns(ranking):
    rows = read(to_csv(order_of(ranking(["b", "a, the 2nd"]))))

    assert list(rows[0]) == list(Row.model_fields)
    assert [(row["display_order"], row["id"]) for row in rows] == [("1", "b"), ("2", "a, the 2nd")]
    assert rows[0]["pinned"] == "false"
    assert float(rows[0]["mean"]) == pytest.approx(9)


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@A1", "\t=1", "  =1", "\uff1d1", '=HYPERLINK("http://x")']
)
def test_no_id_is_a_formula_to_a_spreadsheet(ranking, name):
    ((row,)) = read(to_csv(order_of(ranking([name]))))

    assert row["id"] == f"'{name}"


@given(name=st.text(min_size=1, max_size=20))
def test_any_id_is_read_back_but_for_the_apostrophe(ranking, name):
    (row,) = read(to_csv(order_of(ranking([name]))))

    assert row["id"] in {name, f"'{name}"}
    assert not normalize("NFKC", row["id"]).strip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
