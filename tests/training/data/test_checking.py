import io

import numpy as np
import pandas as pd
from PIL import Image

from stayrank_training.data.checking import Fault, check_photos
from stayrank_training.data.manifests import Manifest


def _check(tmp_path, tags=None, **contents):
    files = []
    for name, content in contents.items():
        file = name.replace("__", ".")
        files.append(file)
        if content is not None:
            (tmp_path / file).write_bytes(content)
    table = pd.DataFrame({"file": files, "tag": tags or ["x"] * len(files)})
    report = check_photos(Manifest(table, tmp_path), min_edge=50)
    return report, {(finding.file, finding.fault) for finding in report.findings}


def _without_colour(picture):
    content = io.BytesIO()
    Image.open(io.BytesIO(picture())).convert("L").convert("RGB").save(content, "JPEG")
    return content.getvalue()


def test_every_fault_is_found_and_a_good_photo_has_none(tmp_path, picture):
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    large = io.BytesIO()
    Image.fromarray(noise).save(large, "JPEG")

    report, found = _check(
        tmp_path,
        good__jpg=picture(),
        good__PNG=picture(picture_format="PNG"),
        text__jpg=b"no picture",
        missing__jpg=None,
        cut__jpg=large.getvalue()[: len(large.getvalue()) // 2],
        tiny__jpg=picture(size=(200, 40)),
        grey__jpg=_without_colour(picture),
        png__jpg=picture(picture_format="PNG"),
        jpeg__txt=picture(),
    )

    assert found == {
        ("text.jpg", Fault.UNREADABLE),
        ("missing.jpg", Fault.UNREADABLE),
        ("cut.jpg", Fault.TRUNCATED),
        ("tiny.jpg", Fault.TINY),
        ("grey.jpg", Fault.GREY),
        ("png.jpg", Fault.WRONG_EXTENSION),
        ("jpeg.txt", Fault.WRONG_EXTENSION),
    }
    assert (report.photos, report.readable) == (9, 7)
    assert report.faults[Fault.UNREADABLE] == 2


def test_a_class_with_a_single_photo_is_named(tmp_path, picture):
    _, found = _check(
        tmp_path, ["x", "x", "y"], a__jpg=picture(), b__jpg=picture(), c__jpg=picture()
    )

    assert found == {("y", Fault.SINGLE_PHOTO)}
