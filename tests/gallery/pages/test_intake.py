"""Photos come in: chosen, dropped, in folders, with whatever lies beside them."""

import re

# Two at a time, as readers of folders do; one file has vanished meanwhile.
FOLDERS = """const [done] = arguments;
const entry = (fullPath, file) => ({ isFile: true, fullPath, file });
const file = (path) => entry(path, (found) => found(new File([], path)));
const lost = (path) => entry(path, (found, failed) => failed());
const folder = (path, children) => ({ fullPath: path, createReader: () => {
  const left = [...children];
  return { readEntries: (found) => found(left.splice(0, 2)) };
} });
const pool = folder("/hotel/pool", [file("/hotel/pool/10.jpg"), file("/hotel/pool/9.jpg")]);
const shots = ["a", "b", "c"].map((name) => file(`/hotel/${name}.jpg`));
const entries = [folder("/hotel", [...shots, pool, lost("/hotel/lost.jpg")]), file("/alone.jpg")];
const items = entries.map((entry) => ({ kind: "file", webkitGetAsEntry: () => entry }));
import("/static/js/intake.js").then(({ dropped }) => dropped({ items }))
  .then((found) => done(found.map(({ name }) => name)));"""


def test_unreadable_photos_large_ones_and_other_files_are_named_and_the_rest_is_ordered(
    page, shots, tmp_path
):
    broken, large, notes = (tmp_path / name for name in ("broken.jpg", "large.png", "notes.txt"))
    broken.write_bytes(b"bad")
    large.write_bytes(bytes(200_000))
    notes.write_text("not a photo")

    page.choose([*shots(3), broken, large, notes])

    assert sorted(page.order) == ["0.jpg", "1.jpg", "2.jpg"]
    left_out = page.find("#left-out").text
    assert re.search(r"Undecodable photo.*1 photo\s+broken\.jpg", left_out, re.DOTALL)
    assert re.search(
        r"Too large: 200 kB; at most 100 kB.*1 photo\s+large\.png", left_out, re.DOTALL
    )
    assert "1 file is not a photo and was left aside." in page.find("#messages").text
    assert "notes.txt" in page.find("#messages").get_property("textContent")
    assert page.find("#summary").text == page.said == "3 photos · 2 left out"


def test_five_hundred_files_at_once_half_of_them_not_photos(page, tmp_path, picture):
    for number in range(250):
        (tmp_path / f"{number}.txt").write_text("not a photo")
        content = b"bad" if number % 10 == 0 else picture(seed=number, size=(24, 16))
        (tmp_path / f"{number}.jpg").write_bytes(content)

    page.choose(sorted(path for path in tmp_path.iterdir() if path.is_file()))

    folded = int(re.search(r"(\d+) folded", page.find("#summary").text + "0 folded")[1])
    assert len(page.order) + folded == 225
    assert "250 files are not photos" in page.find("#messages").text
    assert "25 photos" in page.find("#left-out").text
    assert not page.find("#progress").is_displayed()


def test_the_same_file_twice_is_one_photo_and_another_of_its_name_gets_a_number(page, shots):
    (first, second) = shots(2)
    page.choose([first])
    page.choose([first])
    assert page.order == ["0.jpg"]

    first.write_bytes(second.read_bytes())
    page.choose([first])

    assert sorted(page.order) == ["0.jpg", "0.jpg (2)"]


def test_files_that_are_dropped_are_taken_in(page):
    page.run(
        """const transfer = new DataTransfer();
        const canvas = document.createElement("canvas");
        canvas.toBlob((blob) => {
          transfer.items.add(new File([blob], "drawn.png", { type: "image/png" }));
          dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
        });"""
    )
    page.settle()

    assert page.order == ["drawn.png"]


def test_folders_that_are_dropped_are_searched_to_the_bottom_however_many_files_they_hold(page):
    names = page.browser.execute_async_script(FOLDERS)

    assert names == [
        "alone.jpg",
        "hotel/a.jpg",
        "hotel/b.jpg",
        "hotel/c.jpg",
        "hotel/lost.jpg",
        "hotel/pool/9.jpg",
        "hotel/pool/10.jpg",
    ]


def test_names_of_files_are_text_and_never_markup(page, shots, tmp_path):
    hostile = tmp_path / "<img src=x onerror=alert(1)>&amp;.jpg"
    hostile.write_bytes(shots(1)[0].read_bytes())

    page.choose([hostile])

    assert page.order == [hostile.name]
    assert page.find(".card .file").text == hostile.name
    assert not page.all("img[src='x']")
