"""Sample breakfast room of the imagined Hotel Miramar, seen from two sides."""

from __future__ import annotations

import math
import random

import bpy
import materials as m
import studio as st
from table_parts import HEIGHT, OAK, built, chair, copies, pendant, ring, table

WIDTH, DEPTH = 7.2, 8.4


def buffet(x: float, y: float, length: float) -> None:
    """A breakfast sideboard along the wall y, with food and coffee."""
    oak, china = m.wood("buffet", OAK), m.surface("china", (0.84, 0.83, 0.79), rough=0.1, bump=0)
    st.block("buffet", (x, y - 0.55, 0.08), (x + length, y - 0.03, 0.9), oak, 0.01)
    doors = round(length / 0.6)
    for i in range(doors):
        left = x + i * length / doors
        st.block(
            "door",
            (left + 0.01, y - 0.57, 0.14),
            (left + length / doors - 0.01, y - 0.55, 0.84),
            oak,
            0.005,
        )
    stone = m.surface("stone top", (0.74, 0.71, 0.66), rough=0.2, scale=12, vary=0.08, bump=0)
    st.block("top", (x - 0.03, y - 0.6, 0.9), (x + length + 0.03, y - 0.01, 0.935), stone, 0.006)
    st.model("Scopia/coffee_machine", (x + 0.5, y - 0.3, 0.935), 0)
    for i in range(7):
        ring(
            [(0, 0), (0.11, 0.012), (0.108, 0.016), (0, 0.008)],
            x + 1.05,
            y - 0.3,
            0.935 + i * 0.013,
            china,
        )
    for dx in (0, 0.1):
        for dy in (0, 0.1):
            ring(
                [(0, 0), (0.028, 0), (0.04, 0.07), (0.037, 0.07), (0, 0.01)],
                x + 1.28 + dx,
                y - 0.4 + dy,
                0.935,
                china,
            )
    st.model("Scopia/bowlWithFruits", (x + 1.75, y - 0.3, 0.935), 20)
    st.model("BlendSwap-CC-0/bread", (x + 2.25, y - 0.33, 0.965), 15, (0.34, 0.24, 0.12))
    st.block("board", (x + 2.0, y - 0.48, 0.935), (x + 2.48, y - 0.16, 0.963), oak, 0.008)
    for i, color in enumerate(((0.75, 0.33, 0.03), (0.62, 0.10, 0.05), (0.78, 0.70, 0.45))):
        jug = [(0, 0.005), (0.055, 0.005), (0.06, 0.1), (0.05, 0.2), (0.056, 0.25)]
        ring(jug, x + 2.7 + i * 0.17, y - 0.3, 0.935, m.glass("jug"))
        ring(
            [(0, 0.012), (0.05, 0.012), (0.055, 0.1), (0.048, 0.17), (0, 0.17)],
            x + 2.7 + i * 0.17,
            y - 0.3,
            0.935,
            m.surface(f"juice {i}", color, rough=0.1, bump=0),
        )


def breakfast_room() -> None:
    """Walls, windows, buffet and a dozen laid tables."""
    holes = [st.Opening("w", y, 1.5, 0.35, 2.0) for y in (1.7, 4.2, 6.7)]
    floor = m.tiles(
        "terracotta",
        (0.36, 0.155, 0.08),
        (0.3, 0.3),
        grout=(0.42, 0.36, 0.29),
        gap=0.006,
        rough=0.3,
        vary=0.2,
    )
    sage = m.surface("sage wall", (0.30, 0.335, 0.25), rough=0.6, vary=0.03, bump=0.05, scale=60)
    white = m.surface("white wood", (0.78, 0.76, 0.71), rough=0.35, bump=0.02)
    room = st.Room(
        WIDTH,
        DEPTH,
        HEIGHT,
        floor,
        m.plaster((0.80, 0.74, 0.63)),
        m.plaster((0.83, 0.81, 0.77)),
        holes,
        skirting=m.wood("skirting", OAK),
    )
    for side in "nes":
        room.block(side, (0, room.length(side)), (0, 0.012), (0.08, 1.0), sage, 0)
        room.block(side, (0, room.length(side)), (0, 0.03), (1.0, 1.04), m.wood("rail", OAK))
    curtains(room, holes, white)
    buffet(2.2, DEPTH, 3.6)
    pictures(room)
    st.model("BlendSwap-CC-0/decorativePlant", (0.5, 8.0, 0), 0, (0.75, 0.8, 1.7))
    st.model("BlendSwap-CC-BY/spatifilum", (6.75, 7.9, 0), 40, (0.8, 0.75, 1.1))
    furnish()
    st.daylight(sun=2.2, turn=(55, 0, -70), sky=1.0, color=(0.75, 0.87, 1.0))


def curtains(room: st.Room, holes: list[st.Opening], white: st.Material) -> None:
    """Glazes and curtains the windows, with greenery outside."""
    for hole in holes:
        room.window(hole, white, light=150, sill=white)
        room.curtain(
            "w",
            (hole.at - 0.72, hole.at + 0.72),
            (0.36, 2.5),
            m.sheer("net", (0.88, 0.87, 0.83), 0.5, 0.55),
            off=0.06,
            folds=10,
            deep=0.018,
        )
        for side in (-1, 1):
            room.curtain(
                "w",
                tuple(sorted((hole.at + side * 1.08, hole.at + side * 0.66))),
                (0.02, 2.52),
                m.fabric("curtain", (0.42, 0.17, 0.09)),
                off=0.12,
                folds=10,
            )
        st.tube(
            "rod", [room.at("w", hole.at + s * 1.15, 0.11, 2.54) for s in (-1, 1)], 0.014, m.brass()
        )
    st.block("outside", (-3, -4, -1), (-3.1, 14, 6), m.backdrop(2.2, 1.5), 0)


def pictures(room: st.Room) -> None:
    """Hangs prints on two walls."""
    art = [
        (0.70, 0.62, 0.50),
        (0.30, 0.34, 0.24),
        (0.55, 0.25, 0.13),
        (0.80, 0.76, 0.68),
        (0.20, 0.32, 0.36),
    ]
    for i, along in enumerate((2.9, 4.0, 5.1)):
        room.picture(
            "n",
            along,
            1.85,
            (0.6, 0.75),
            m.wood("frame", OAK),
            m.painting(f"art {i}", random.sample(art, 4), 2.0 + i),
        )
    for i, along in enumerate((2.2, 4.8, 7.0)):
        room.picture(
            "e",
            along,
            1.75,
            (0.9, 0.65),
            m.wood("frame", OAK),
            m.painting(f"view {i}", random.sample(art, 4), 1.6 + i),
        )


def furnish() -> None:
    """Places laid tables with chairs, and a lamp above each."""
    laid = built(table, (0.82, 0.80, 0.75), (0.40, 0.17, 0.09))
    seat = built(chair)
    for i, x in enumerate((1.35, 3.6, 5.85)):
        for j, y in enumerate((1.4, 3.3, 5.2, 6.9)):
            if j == 3 and i != 0:
                continue
            turn = 90 * ((i + j) % 2) + random.uniform(-3, 3)
            copies(laid, (x, y), turn)
            for k in range(4):
                angle = turn + 90 * k
                off = 0.62 + random.uniform(0, 0.08)
                dx, dy = (off * f(math.radians(angle)) for f in (math.sin, math.cos))
                copies(seat, (x + dx, y + dy), -angle + random.uniform(-9, 9))
        for y in (1.4, 3.3, 5.2):
            pendant(x, y)
    for obj in laid + seat:
        bpy.data.objects.remove(obj)


def morning() -> st.Shot:
    """The room from its south-east corner."""
    breakfast_room()
    st.camera((6.75, 0.35, 1.5), 28, 22, rise=-0.07, focus=3.5)
    return st.Shot(exposure=0.35, look="AgX - High Contrast", samples=16)


def blurred() -> st.Shot:
    """The other view, out of a shaking hand."""
    breakfast_room()
    st.camera((0.5, 0.4, 1.45), -27, 24, rise=-0.06, focus=3.5)
    return st.Shot(
        exposure=0.25,
        shake=(1.3, 0.45),
        grain=0.014,
        look="AgX - High Contrast",
        size=(960, 640),
        samples=8,
    )


if __name__ == "__main__":
    st.main({"breakfast-room": morning, "restaurant-blurred": blurred})
