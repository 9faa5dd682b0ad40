"""axe finds nothing in any state, and who asks for stillness gets it."""

import hashlib
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from stayrank_common.errors import StayRankError

AXE = Path(__file__).parents[3] / ".venv/axe-core/node_modules/axe-core/axe.min.js"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"  # of 4.14.1


@pytest.fixture(scope="session")
def axe():
    if not AXE.exists():
        pytest.skip(f"{AXE} is absent: `make axe` installs it, with npm")
    content = AXE.read_bytes()
    assert hashlib.sha256(content).hexdigest() == AXE_SHA256
    return content.decode()


@pytest.fixture
def violations(page, axe):
    """Check what is on screen: → what axe complains of, with the elements."""

    def check() -> list[tuple[str, list[str]]]:
        page.run(axe + "; window.axe = axe")
        found = page.browser.execute_async_script(
            "const [done] = arguments; axe.run().then(({ violations }) => done(violations.map("
            "({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])))"
        )
        return [tuple(violation) for violation in found]

    return check


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_to_mend(page, shots, tmp_path, violations, scorer, width, dark):
    page.look(width, dark=dark)
    states = {"start": violations()}
    scorer._error = StayRankError("the model is gone")
    page.choose(shots(2))
    states["error"] = violations()
    scorer._error = None
    page.find("#messages .link").click()
    page.settle()
    (tmp_path / "notes.txt").write_text("not a photo")
    (tmp_path / "broken.jpg").write_bytes(b"bad")
    page.choose([*shots(7), tmp_path / "notes.txt", tmp_path / "broken.jpg"])
    page.wait("return document.querySelector('#findings li')")
    for box in page.all(".box:not([open]) summary"):
        box.click()
    page.part(page.order[3], ".pin").click()
    page.part(page.order[5], ".exclude").click()
    page.find("#limit").send_keys("20", Keys.ENTER)
    page.settle()
    assert page.all("#unkept li")
    states["gallery and audit"] = violations()
    page.click(page.find("#start-over"))
    states["start over"] = violations()
    page.press(Keys.ESCAPE)
    page.find("#download summary").click()
    states["menu"] = violations()
    page.find("#compare-toggle").click()
    states["comparison"] = violations()
    page.find("#compare-toggle").click()
    page.part(page.order[3], ".open").click()
    states["detail"] = violations()
    page.find("[name=view][value=tag] + span").click()
    page.wait("return !document.getElementById('detail-heat').hidden")
    states["heat"] = violations()

    assert not {state: found for state, found in states.items() if found}


@pytest.mark.parametrize("still", [True, False])
def test_photos_glide_unless_the_visitor_asks_for_stillness(page, shots, still):
    page.look(1280, still=still)
    page.choose(shots(8))
    page.run(
        "window.moves = 0; const { animate } = Element.prototype;"
        "Element.prototype.animate = function (...all) {"
        "  window.moves += 1; return animate.apply(this, all) }"
    )
    page.run("document.body.style.zoom = 0.4")  # what is out of sight does not glide
    before = page.order
    page.slide("trade_off", 1)

    assert page.order != before
    assert (page.run("return window.moves") == 0) == still
