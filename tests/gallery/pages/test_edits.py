"""Where pins go when a photo is moved; decided in the page, its properties checked from here."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PLACES = range(1, 9)
PIN = """const [cases, done] = arguments;
import("/static/js/edits.js").then(({ withPin }) => done(cases.map(
  ([pins, id, from, to]) => [...withPin(new Map(pins), id, from, to)])));"""

OPTIONS = """const [cases, done] = arguments;
import("/static/js/edits.js").then(({ optionsOf }) => done(cases.map(
  ([pins, limit, excluded, ids]) => optionsOf({
    options: limit ? { limit } : {}, pins: new Map(pins), excluded: new Set(excluded),
  }, ids))));"""


@st.composite
def moves(draw):
    """Pins of some photos of eight, and a move of one: `(pins, id, from, to)`."""
    places = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=7))
    pins = list(zip("abcdefg", places, strict=False))
    free = sorted(set(PLACES) - set(places))
    photo, start = draw(st.sampled_from([*pins, ("x", free[0]), ("x", free[-1])]))
    return pins, photo, start, draw(st.sampled_from(PLACES))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(moves(), min_size=20, max_size=60))
def test_pins_make_room_by_one_place_and_none_is_lost(page, cases):
    found = page.browser.execute_async_script(PIN, cases)

    for (before, photo, start, end), after in zip(cases, map(dict, found), strict=True):
        others = {other: at for other, at in before if other != photo}
        assert after.pop(photo) == end
        assert end not in after.values()
        assert after.keys() == others.keys()
        assert sorted(after, key=after.get) == sorted(others, key=others.get)
        assert len(set(after.values())) == len(after)
        for other, at in after.items():
            between = min(start, end) <= others[other] <= max(start, end)
            assert at in PLACES
            assert abs(at - others[other]) <= between
            assert at == others[other] or end in others.values()


@st.composite
def wishes(draw):
    """Of a gallery of up to eight photos: `(pins, limit, excluded, ids)`."""
    ids = "abcdefgh"[: draw(st.integers(1, 8))]
    places = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=8))
    pins = [*zip(draw(st.permutations("abcdefgh")), places, strict=False)]
    pinned = {photo for photo, _ in pins}
    excluded = [photo for photo in "abcdefgh" if photo not in pinned and draw(st.booleans())]
    return pins, draw(st.none() | st.sampled_from(PLACES)), excluded, list(ids)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(wishes(), min_size=20, max_size=60))
def test_pins_are_asked_for_as_the_service_can_hold_them(page, cases):
    found = page.browser.execute_async_script(OPTIONS, cases)

    for (pins, limit, excluded, ids), options in zip(cases, found, strict=True):
        places = len(set(ids) - set(excluded))
        asked = {pin["id"]: pin["place"] for pin in options["pin"]}
        wanted = {photo: at for photo, at in pins if photo in ids and at <= (limit or at)}
        assert set(options["exclude"]) == set(excluded) & set(ids)
        assert asked.keys() == wanted.keys()
        assert len(set(asked.values())) == len(asked)
        assert sorted(asked, key=asked.get) == sorted(wanted, key=wanted.get)
        for photo, at in asked.items():
            assert 1 <= at <= min(places, wanted[photo])
            behind = sum(other > wanted[photo] for other in wanted.values())
            assert at == wanted[photo] or at + behind >= places
