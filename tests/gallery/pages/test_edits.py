"""Pinning is putting into a list; decided in the page, checked against a list in Python."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PIN = """const [cases, done] = arguments;
import("/static/js/edits.js").then(({ withPin }) => done(cases.map((steps) => {
  let pins = new Map();
  for (const [id, place] of steps) pins = withPin(pins, id, place);
  return [...pins];
})));"""
steps = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 6)), min_size=1, max_size=9)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=1, max_size=20))
def test_whoever_held_a_place_moves_on_by_one_and_nobody_else_moves(page, cases):
    found = page.browser.execute_async_script(PIN, cases)

    for case, pins in zip(cases, found, strict=True):
        expected: dict[int, str] = {}
        for photo, place in case:
            expected = {at: other for at, other in expected.items() if other != photo}
            at, moving = place, photo
            while moving is not None:
                expected[at], moving = moving, expected.get(at)
                at += 1
        assert {place: photo for photo, place in pins} == expected
