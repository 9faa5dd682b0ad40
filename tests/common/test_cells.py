from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.cells import from_cell, to_cell

TEXTS = st.text() | st.text("'=+-@\t\r\n\0 \uff1da")


@given(text=TEXTS)
def test_any_text_comes_back_as_it_was(text):
    assert from_cell(to_cell(text)) == text


@given(text=TEXTS)
def test_no_cell_begins_as_a_formula_does(text):
    cell = normalize("NFKC", to_cell(text)).lstrip(" ")

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))


@pytest.mark.parametrize("text", ["", "pool.jpg", "'pool'.jpg", "a=b", "photos/-1.jpg"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert to_cell(text) == text
