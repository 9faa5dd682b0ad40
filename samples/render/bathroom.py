"""Sample bathrooms of the imagined Hotel Miramar: room 12 (bath tub) and room 07 (shower)."""

from __future__ import annotations

import materials as m
import studio as st
from bath_parts import basin, bottle, ceramic, hanging, shower, toilet, towels, tumbler

OAK = (0.43, 0.27, 0.14)


def room_12_bath() -> st.Shot:
    """Bathroom with tub, vessel basin and a small frosted window."""
    hole = st.Opening("n", 0.95, 0.7, 1.3, 0.8)
    cream = m.tiles(
        "cream tile",
        (0.74, 0.71, 0.64),
        (0.3, 0.1),
        grout=(0.66, 0.63, 0.57),
        gap=0.003,
        offset=0.5,
        rough=0.14,
        vary=0.05,
    )
    sage = m.tiles(
        "sage tile",
        (0.25, 0.31, 0.23),
        (0.13, 0.13),
        grout=(0.62, 0.60, 0.54),
        gap=0.003,
        rough=0.1,
        vary=0.22,
    )
    floor = m.tiles(
        "floor tile",
        (0.44, 0.38, 0.31),
        (0.45, 0.45),
        grout=(0.30, 0.27, 0.23),
        rough=0.3,
        vary=0.05,
    )
    room = st.Room(
        2.5,
        3.2,
        2.45,
        floor,
        dict.fromkeys("sew", m.plaster((0.80, 0.77, 0.71))) | {"n": sage},
        m.plaster((0.82, 0.81, 0.78)),
        [hole],
    )
    for side in "ew":
        room.block(side, (0, 3.2), (0, 0.01), (0, 1.2), cream, 0)
        room.block(side, (0, 3.2), (0, 0.014), (1.2, 1.215), m.wood("trim", OAK))
        room.block(side, (2.4, 3.2), (0, 0.012), (0, 2.45), sage, 0)
    room.window(hole, m.surface("white", (0.8, 0.79, 0.76), rough=0.3), panes=1, light=30)
    room.block(
        "n",
        (0.5, 1.4),
        (-0.1, -0.098),
        (1.2, 2.2),
        m.sheer("frosted", (0.9, 0.92, 0.92), 0.6, 0.2),
        0,
    )
    st.block("outside", (-2, 4.5, 0), (5, 4.6, 5), m.backdrop(4, 1.2), 0)
    st.model(
        "BlendSwap-CC-BY/bath_jay_hardy",
        (0.91, 2.82, 0),
        0,
        (1.8, 0.74, 0.6),
        mats={"chrome|metal|tap": m.metal(), ".": ceramic()},
    )
    st.block("ledge", (1.82, 2.44, 0), (2.5, 3.2, 0.58), sage, 0.003)
    st.block("ledge top", (1.81, 2.43, 0.58), (2.5, 3.2, 0.61), m.wood("ledge top", OAK), 0.006)
    towels(2.14, 2.72, 0.61, 3)
    bottle(1.93, 3.0, 0.61, (0.32, 0.14, 0.04), 0.17)
    st.model("BlendSwap-CC-BY/spider_plant", (2.3, 3.0, 0.61), 40, (0.34, 0.34, 0.22))
    shower(room, "n", 1.45)
    basin(room, "w", 1.55)
    toilet(room, "e", 1.85)
    hanging(room, "e", 2.12, 1.5, 0.42, 0.55)
    mat = m.fabric("bath mat", (0.78, 0.76, 0.71), bump=1.0, scale=150)
    st.place(
        st.block("mat", (-0.38, -0.24, 0), (0.38, 0.24, 0.018), mat, 0.009),
        (1.1, 2.12, 0),
        (0, 0, 3),
    )
    st.lathe(
        "bin",
        room.at("w", 2.2, 0.2, 0),
        [(0, 0), (0.09, 0), (0.11, 0.26), (0.105, 0.26), (0.085, 0.01), (0, 0.01)],
        m.metal("bin", rough=0.3),
    )
    room.socket("w", 2.22, 1.15)
    st.daylight(sun=0, sky=1.0, color=(0.8, 0.9, 1.0))
    for y in (0.8, 1.9):
        st.lamp((1.2, y, 2.4), 34, (1, 0.82, 0.62), 0.05, spot=130)
    st.camera((1.55, 0.09, 1.38), 7, 19, rise=-0.08)
    return st.Shot(exposure=0.3, samples=36)


def room_07_bath() -> st.Shot:
    """A small, dated shower bathroom, photographed with a tilted camera under cold light."""
    tile = m.tiles(
        "beige tile",
        (0.66, 0.58, 0.46),
        (0.2, 0.2),
        grout=(0.74, 0.70, 0.63),
        gap=0.004,
        rough=0.16,
        vary=0.05,
    )
    floor = m.tiles(
        "brown tile", (0.33, 0.21, 0.13), (0.2, 0.2), grout=(0.45, 0.40, 0.34), rough=0.3, vary=0.12
    )
    room = st.Room(1.9, 2.3, 2.4, floor, tile, m.plaster((0.8, 0.8, 0.77)))
    room.block(
        "n",
        (0, 1.9),
        (0, 0.012),
        (1.2, 1.26),
        m.tiles("border", (0.36, 0.15, 0.08), (0.1, 0.06), rough=0.15, vary=0.25),
        0,
    )
    st.model(
        "BlendSwap-CC-BY/washbasin_jay_hardy",
        (0.52, 2.08, 0),
        0,
        mats={"chrome|metal|tap": m.metal(), ".": ceramic()},
    )
    mirror = m.surface("mirror", (0.93, 0.94, 0.94), rough=0.0, metal=1, vary=0, bump=0)
    room.block("n", (0.24, 0.8), (0.012, 0.02), (1.15, 1.85), mirror, 0.004)
    room.block("n", (0.24, 0.8), (0.0, 0.13), (1.02, 1.035), m.glass("shelf", pane=True), 0.002)
    tumbler(0.38, 2.22, 1.035)
    bottle(0.68, 2.22, 1.035, (0.72, 0.70, 0.66), 0.13)
    tube = m.glow("tube", (0.93, 1, 0.97), 14)
    room.block("n", (0.27, 0.77), (0.05, 0.09), (1.96, 2.0), tube, 0.015)
    room.block("n", (0.25, 0.79), (0.0, 0.06), (1.95, 2.01), m.surface("fitting", (0.8, 0.8, 0.8)))
    toilet(room, "n", 1.32)
    st.block("tray", (1.0, 0.1, 0), (1.9, 0.95, 0.12), ceramic(), 0.02)
    room.curtain(
        "e",
        (0.98, 1.5),
        (0.16, 1.95),
        m.sheer("shower curtain", (0.85, 0.84, 0.8), 0.4),
        off=0.06,
        folds=9,
        deep=0.045,
    )
    hanging(room, "w", 1.25, 1.35, 0.5, color=(0.42, 0.16, 0.09))
    st.lathe(
        "bin",
        (0.92, 2.15, 0),
        [(0, 0), (0.09, 0), (0.11, 0.26), (0.105, 0.26), (0.085, 0.01), (0, 0.01)],
        m.surface("plastic bin", (0.5, 0.5, 0.48), rough=0.4),
    )
    mat = m.fabric("bath mat", (0.42, 0.16, 0.09), bump=1.0, scale=150)
    st.place(
        st.block("mat", (-0.34, -0.22, 0), (0.34, 0.22, 0.016), mat, 0.008),
        (0.75, 1.4, 0),
        (0, 0, -9),
    )
    st.daylight(sun=0, sky=0.05, color=(0.8, 0.9, 1.0))
    st.lamp((0.95, 1.1, 2.32), 26, (0.95, 1, 0.93), 0.12)
    st.camera((1.12, 0.07, 1.42), 4, 19, rise=-0.1, roll=7)
    return st.Shot(exposure=0.3, grain=0.014, size=(960, 640), samples=14)


if __name__ == "__main__":
    st.main({"room-12-bath": room_12_bath, "room-07-bath": room_07_bath})
