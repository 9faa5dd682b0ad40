"""What each format may have of everything, and no more."""

import io
import struct
import zlib
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from stayrank_common.decoding import pixels
from stayrank_common.decoding.bounds import check_structure
from stayrank_common.errors import OversizedPhotoError, UndecodablePhotoError
from stayrank_common.images import PhotoLimits, open_image

PIXELS = 40_000_000
SAMPLES = sorted((Path(__file__).resolve().parents[3] / "samples" / "miramar").glob("*.jpg"))
KINDS = [
    ("JPEG", {}),
    ("JPEG", {"progressive": True, "icc_profile": bytes(300_000), "exif": bytes(60_000)}),
    ("MPO", {"save_all": True}),
    ("PNG", {}),
    ("GIF", {"comment": b"words " * 9_000}),
    ("WEBP", {}),
    ("BMP", {}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("AVIF", {"speed": 10}),
]


def encoded(kind: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    content = io.BytesIO()
    with Image.open(SAMPLES[0]) as photo:
        photo.resize(size).save(content, kind, **options)
    return content.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack("!H", len(content) + 2) + content


def frame(height: int, width: int, marker: int = 0xC9) -> bytes:
    return segment(marker, struct.pack("!BHHB", 8, height, width, 1) + b"\1\x11\0")


def jpeg(parts: bytes) -> bytes:
    plain = encoded("JPEG")
    return plain[:2] + parts + plain[2:]


def png(parts: bytes) -> bytes:
    plain = encoded("PNG")
    return plain[:33] + parts + plain[33:]


def gif(parts: bytes) -> bytes:
    plain = encoded("GIF")
    start = 13 + (6 << (plain[10] & 7))
    return plain[:start] + parts + plain[start:]


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    whole = kind + content
    return struct.pack("!I", len(content)) + whole + struct.pack("!I", zlib.crc32(whole))


def bmp(side: int, runs: bytes) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, side, -side, 1, 8, 1, len(runs), 0, 0, 256, 0)
    return b"BM" + struct.pack("<III", 0, 0, 54 + 1024) + header + bytes(1024) + runs


def tiff(order: str, tags: list[tuple[int, int, int, int]], rest: bytes = b"") -> bytes:
    start = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}IH", 8, len(tags))
    return start + b"".join(struct.pack(f"{order}HHII", *tag) for tag in tags) + bytes(4) + rest


def avif(parts: bytes) -> bytes:
    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack("!I", len(content) + 8) + kind + content

    return box(b"ftyp", b"avif") + box(b"meta", bytes(4) + box(b"hdlr", bytes(9)) + parts)


def properties(count: int) -> bytes:
    size = 8 * count + 8
    heads = struct.pack("!I4sI4s", size + 8, b"iprp", size, b"ipco")
    return heads + struct.pack("!I4s", 8, b"free") * count


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_photos_are_let_through_however_they_are_written(kind, options):
    check_structure(encoded(kind, (640, 480), **options), PIXELS)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_let_through(path):
    check_structure(path.read_bytes(), PIXELS)


@pytest.mark.parametrize(
    ("most", "more", "what"),
    [
        (jpeg(segment(0xE5, b"") * 1_980), jpeg(segment(0xE5, b"") * 2_001), "segments"),
        (jpeg(b"\xff" * 65_000), jpeg(b"\xff" * 65_538), "between its segments"),
        (jpeg(segment(0xFE, b"\xff\xda" * 99) * 99), jpeg(b"\xff\xd8" * 2_001), "segments"),
        (
            jpeg(segment(0xE1, b"Exif\0\0" + bytes(65_000)) * 4),
            jpeg(segment(0xE1, b"Exif\0\0" + bytes(65_000)) * 5),
            "EXIF",
        ),
        (
            jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + bytes(65_000)) * 99),
            jpeg(segment(0xDB, bytes(65_000))),
            "quantization tables",
        ),
        (
            jpeg(segment(0xED, b"Photoshop 3.0\0" + bytes(65_000)) * 60),
            jpeg(segment(0xED, b"Photoshop 3.0\0" + bytes(65_000)) * 70),
            "Photoshop",
        ),
        (png(chunk(b"tEXt") * 990), png(chunk(b"tEXt") * 1_000), "chunks beside"),
        (png(chunk(b"iCCP") * 8), png(chunk(b"iCCP") * 9), "colour profiles"),
        (jpeg(frame(2_000, 2_000)), jpeg(frame(2_000, 2_001)), "pixels in arithmetic code"),
        (png(chunk(b"fdAT") * 90_000), png(chunk(b"fdAT") * 100_000), "100,000 chunks"),
        (gif(b"!\xfe\1a\0" * 6_000), gif(b"!\xfe\1a\0" * 7_000), "blocks"),
        (gif(b"!\xfe" + b"\1a" * 19_990 + b"\0"), gif(b"!\xfe" + b"\1a" * 20_001), "blocks"),
        (gif(b"\1" * 19_990), gif(b"\1" * 20_001), "blocks"),
        (bmp(1_000, bytes(9)), bmp(1_001, bytes(9)), "pixels in runs"),
        (bmp(9, bytes(998_000)), bmp(9, bytes(1_000_000)), "bytes of runs"),
        (tiff("<", [(1, 3, 1, 1)] * 1_000), tiff("<", [(1, 3, 1, 1)] * 1_001), "tags"),
        (tiff(">", [(1, 3, 1, 1)] * 1_000), tiff(">", [(1, 3, 1, 1)] * 1_001), "tags"),
        (
            tiff(">", [(273, 4, 100_000, 8)], bytes(400_004)),
            tiff(">", [(273, 4, 100_001, 8)], bytes(400_004)),
            "values of a tag",
        ),
        (
            tiff("<", [(n, 2, 2**20, 8) for n in range(250)], bytes(2**20)),
            tiff("<", [(n, 2, 2**20, 8) for n in range(260)], bytes(2**20)),
            "bytes of tags",
        ),
        (
            avif(struct.pack("!I4s", 60_000, b"iinf") + bytes(59_992)),
            avif(struct.pack("!I4s", 70_000, b"iloc") + bytes(69_992)),
            "bytes of iloc",
        ),
        (
            avif((struct.pack("!I4s", 600, b"iloc") + bytes(592)) * 109),
            avif((struct.pack("!I4s", 600, b"iloc") + bytes(592)) * 111),
            "bytes of iloc",
        ),
        (
            avif(struct.pack("!I4s", 8, b"free") * 998),
            avif(struct.pack("!I4s", 8, b"free") * 1_000),
            "boxes on a level",
        ),
        (
            avif(properties(1_000)),
            avif(properties(1_001)),
            "boxes on a level",
        ),
        (
            avif(struct.pack("!I4s", 60_008, b"iprp") + struct.pack("!I4s", 60_000, b"ipma")),
            avif(
                struct.pack("!I4sI4s", 70_016, b"iprp", 70_008, b"ipma") + bytes(70_000),
            ),
            "bytes of ipma",
        ),
    ],
)
def test_countless_parts_are_refused_and_many_are_not(most, more, what):
    check_structure(most, PIXELS)

    with pytest.raises(UndecodablePhotoError, match=f"more than .*{what}"):
        check_structure(more, PIXELS)


@pytest.mark.parametrize("marker", [0xC9, 0xCA])
def test_a_tiff_holds_no_jpeg_in_arithmetic_code(marker):
    check_structure(encoded("TIFF", compression="jpeg"), PIXELS)

    with pytest.raises(UndecodablePhotoError, match="arithmetic code"):
        check_structure(tiff("<", [(259, 3, 1, 7)], b"\xff\xd8" + frame(9, 9, marker)), PIXELS)


def test_boxes_are_looked_at_wherever_decoders_find_them():
    """A film has its own lists of items, in each of its tracks."""
    items = struct.pack("!I4s", 70_000, b"iinf") + bytes(69_992)
    inner = struct.pack("!I4sI", len(items) + 12, b"meta", 0) + items
    track = struct.pack("!I4s", len(inner) + 8, b"trak") + inner
    film = struct.pack("!I4s", len(track) + 8, b"moov") + track

    with pytest.raises(UndecodablePhotoError, match="bytes of iinf"):
        check_structure(avif(b"") + film, PIXELS)

    nested = b"".join(struct.pack("!I4s", 8 * n, b"moov") for n in range(90_000, 0, -1))
    check_structure(avif(b"") + nested[-8 * 97 :], PIXELS)
    with pytest.raises(UndecodablePhotoError, match="levels of boxes"):
        check_structure(avif(b"") + nested, PIXELS)


def strips(
    order: str, kind: int, places: list[int], lengths: list[int], size: int, tags=(273, 279)
) -> bytes:
    """A TIFF of so many bytes whose strips are named by numbers of a type."""
    form = {1: "B", 3: "H", 4: "I", 16: "Q"}[kind]
    lists = [struct.pack(f"{order}{len(all_)}{form}", *all_) for all_ in (places, lengths)]
    start = 8 + 2 + 2 * 12 + 4
    of_tags = zip(tags, lists, (start, start + len(lists[0])), strict=True)
    entries = [(tag, kind, len(one) // struct.calcsize(form), at) for tag, one, at in of_tags]
    return tiff(order, entries, b"".join(lists)).ljust(size, b"\0")


@pytest.mark.parametrize("kind", [3, 4, 16])
@pytest.mark.parametrize("order", ["<", ">"])
def test_strips_may_not_all_be_the_same(order, kind):
    apart = [1_000 + 100 * n for n in range(90)]

    check_structure(strips(order, kind, apart, [100] * 90, 10_000), PIXELS)
    check_structure(strips(order, kind, [1_000] * 40, [1_000] * 40, 10_000), PIXELS)
    check_structure(strips(order, kind, apart, [100] * 89 + [60_000], 10_000), PIXELS)

    for length in (1_000, 60_000):  # the file ends before, and libtiff reads what there is
        for tags in product((273, 324), (279, 325)):
            with pytest.raises(UndecodablePhotoError, match="40,000 bytes of strips"):
                check_structure(
                    strips(order, kind, [1_000] * 41, [length] * 41, 10_000, tags), PIXELS
                )


def test_strips_may_be_named_only_once():
    twice = strips("<", 3, [1_000], [100], 10_000, tags=(273, 273))

    with pytest.raises(UndecodablePhotoError, match="twice where its strips are"):
        check_structure(twice, PIXELS)


def test_a_turn_of_millions_of_numbers_is_not_read():
    turn = struct.pack("<HHII", 0x112, 5, 40_000, 8)
    exif = b"II*\0\x08\0\0\0\1\0" + turn + bytes(320_000)
    words = b"Raw profile type exif\0\nexif\n  8\n" + exif.hex().encode()

    assert open_image(png(chunk(b"eXIf", exif[:200_000]))).width == 64
    for content in (
        png(chunk(b"eXIf", exif)),
        png(chunk(b"tEXt", words)),
        encoded("WEBP", exif=exif),
        encoded("AVIF", exif=b"Exif\0\0II*\0" + bytes(300_000)).replace(
            exif[:4] + bytes(400), exif[:404], 1
        ),
    ):
        with pytest.raises(UndecodablePhotoError, match="262,144 bytes of EXIF"):
            open_image(content)


def test_what_follows_the_end_of_a_picture_is_not_counted():
    for end, kind in ((b"\xff\xd9", "JPEG"), (b"IEND\xaeB`\x82", "PNG"), (b";", "GIF")):
        content = encoded(kind)

        assert content.endswith(end)
        check_structure(content + bytes(9_000_000), PIXELS)
        check_structure(content + content * 3_000, PIXELS)


STARTS = [encoded(kind)[:cut] for kind, _ in KINDS[:1] + KINDS[3:] for cut in (4, 12, 40, 300)]


@given(st.sampled_from([*STARTS, b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0"]), st.binary(max_size=99))
def test_whatever_follows_a_known_start_is_let_through_or_refused(start, rest):
    with suppress(UndecodablePhotoError):
        check_structure(start + rest, PIXELS)


def scans(count: int) -> bytes:
    photo = encoded("JPEG", progressive=True)
    second = photo.index(b"\xff\xda", photo.index(b"\xff\xda") + 2)
    empty = b"\xff\xda\0\x08\1\1\0\0\0\x10\0"  # a further bit of the mean brightness
    return photo[:second] + empty * (count - 1) + b"\xff\xd9"


def test_scans_are_counted_but_not_in_what_follows_the_photo_or_stands_in_its_segments():
    check_structure(scans(64), PIXELS)
    check_structure(scans(64) + b"\xff\xda" * 99, PIXELS)
    check_structure(jpeg(segment(0xE4, b"\xff\xda" * 99)), PIXELS)

    with pytest.raises(UndecodablePhotoError, match="64 scans"):
        check_structure(scans(65), PIXELS)
    with pytest.raises(UndecodablePhotoError, match="64 scans"):
        check_structure(scans(3)[:-2] + segment(0xFE, b"\xff\xd9") + scans(65)[-900:], PIXELS)


def test_the_larger_a_photo_is_the_fewer_scans_it_may_have():
    def large(count: int, side: int) -> bytes:
        content = bytearray(scans(count))
        start = content.index(b"\xff\xc2") + 5
        content[start : start + 4] = struct.pack("!HH", side, side)
        return bytes(content)

    check_structure(large(64, 3_100), PIXELS)
    check_structure(large(18, 6_300), PIXELS)  # as libjpeg writes CMYK

    check_structure(large(18, 65_500), PIXELS)  # too many pixels, as will be said of it
    check_structure(large(36, 6_300), 2 * PIXELS)

    with pytest.raises(UndecodablePhotoError, match="18 scans"):
        check_structure(large(19, 6_300), PIXELS)


def test_a_decoder_gets_a_file_in_one_piece(monkeypatch):
    """In pieces, 15 MB of padding within a scan are looked through 230 times."""
    pieces = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            pieces.append(super().read(size))
            return pieces[-1]

    monkeypatch.setattr(pixels.io, "BytesIO", Watched)
    open_image(encoded("JPEG")[:-2] + b"\xff" * 500_000)

    assert max(map(len, pieces)) > 500_000


@pytest.mark.parametrize("marker", [0x01, 0xC8, 0xD8, 0xF0, 0xFD])
def test_markers_that_have_no_length_hide_nothing(marker):
    photo, scan = scans(1)[:-2], scans(2)[len(scans(1)) - 2 : -2]
    hidden = scan * 70

    with pytest.raises(UndecodablePhotoError, match="64 scans"):
        check_structure(photo + segment(marker, hidden), PIXELS)
    with pytest.raises(UndecodablePhotoError, match="between its segments"):
        check_structure(jpeg(segment(marker, b"\1" * 60_000) * 2), PIXELS)


def test_an_end_before_the_picture_ends_nothing():
    with pytest.raises(UndecodablePhotoError, match="between its segments"):
        check_structure(jpeg(b"\xff\xd9" + b"\1" * 70_000), PIXELS)


def test_scans_of_single_components_are_counted_too():
    photo = encoded("JPEG")
    frame, scan = photo.index(b"\xff\xc0"), photo.index(b"\xff\xda")
    assert photo[scan + 4] == photo[frame + 9] == 3
    single = b"\xff\xda\0\x08\1\1\0\0\x3f\0\0"

    check_structure(photo[:-2] + single * 65, PIXELS)  # it was complete before
    check_structure(photo[:scan] + single * 64, PIXELS)
    with pytest.raises(UndecodablePhotoError, match="64 scans"):
        check_structure(photo[:scan] + single * 65, PIXELS)


def test_a_png_may_unpack_to_four_bytes_a_pixel():
    def header(width: int, height: int, depth: int, colour: int) -> bytes:
        fields = struct.pack("!IIBBBBB", width, height, depth, colour, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", fields)

    check_structure(header(100, 100, 8, 6), 10_000)
    check_structure(header(100, 50, 16, 6), 10_000)

    with pytest.raises(UndecodablePhotoError, match="40,000 bytes of pixels"):
        check_structure(header(100, 51, 16, 6), 10_000)
    check_structure(header(200, 100, 16, 6), 10_000)  # too many pixels, as will be said of it


def line(width: int) -> bytes:
    content = io.BytesIO()
    Image.new("L", (width, 1)).save(content, "PNG")
    return content.getvalue()


def test_no_edge_is_longer_than_that_of_a_jpeg():
    assert open_image(line(65_535)).width == 65_535

    with pytest.raises(UndecodablePhotoError, match="65,535 pixels"):
        open_image(line(65_536))


def test_pixels_of_32_bits_count_twice(tmp_path):
    deep = tmp_path / "deep.tif"
    Image.new("F", (100, 100)).save(deep)

    assert open_image(deep, limits=PhotoLimits(max_pixels=20_000)).width == 100
    with pytest.raises(UndecodablePhotoError, match="9,999 pixels of 32 bits"):
        open_image(deep, limits=PhotoLimits(max_pixels=19_999))
    with pytest.raises(OversizedPhotoError):
        open_image(deep, limits=PhotoLimits(max_pixels=9_999))
