import csv

from PIL import Image

from stayrank_training.curves import draw_curves, draw_rates, write_rows

ROWS = [
    {
        "phase": phase,
        "epoch": epoch,
        "loss": 1 / epoch,
        "val_loss": 2 / epoch,
        "learning_rate": 0.1,
        "seconds": 1.5,
    }
    for phase in ("all-layers", "head-0", "head-1")
    for epoch in (1, 2)
]


def test_curves_are_a_table_and_a_picture(tmp_path):
    write_rows(tmp_path / "curves.csv", ROWS)
    draw_curves(tmp_path / "curves.png", ROWS)

    with (tmp_path / "curves.csv").open() as file:
        read = list(csv.DictReader(file))
    assert [(row["phase"], float(row["val_loss"])) for row in read[:3]] == [
        ("all-layers", 2.0),
        ("all-layers", 1.0),
        ("head-0", 2.0),
    ]
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.width > 1.5 * picture.height  # a panel for each of the two phases


def test_a_metric_has_columns_and_a_row_of_its_own(tmp_path):
    measured = [{**row, "top1": 0.5, "val_top1": 0.4} for row in ROWS]
    resumed = [*ROWS[:2], *measured[2:]]  # begun before there were metrics

    write_rows(tmp_path / "curves.csv", resumed)
    for name, rows in (("without", ROWS), ("with", measured), ("resumed", resumed)):
        draw_curves(tmp_path / f"{name}.png", rows)

    with (tmp_path / "curves.csv").open() as file:
        read = list(csv.DictReader(file))
    assert [row["val_top1"] for row in read] == ["", "", *["0.4"] * 4]
    one, two, three = (_height(tmp_path / f"{name}.png") for name in ("without", "with", "resumed"))
    assert one < two == three


def _height(path):
    with Image.open(path) as picture:
        return picture.height


def test_rates_are_a_picture(tmp_path):
    draw_rates(tmp_path / "rates.png", [1e-4, 1e-3, 1e-2], [1.0, 0.5, 2.0], best=1e-3)

    with Image.open(tmp_path / "rates.png") as picture:
        assert picture.format == "PNG"
