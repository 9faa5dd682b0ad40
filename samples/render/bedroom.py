"""Sample bedrooms of the imagined Hotel Miramar: room 12 (double) and room 07 (twin)."""

from __future__ import annotations

import materials as m
import studio as st
from bed_parts import OAK, armchair, bed, bedside, headboard

SAGE = (0.27, 0.31, 0.22)
TERRACOTTA = (0.42, 0.135, 0.06)
LOOK = "AgX - High Contrast"


def shell(
    width: float,
    depth: float,
    accent: st.Color,
    holes: list[st.Opening],
    nets: bool = True,
    drawn: float = 0.0,
    light: float = 90.0,
    drape: st.Color = (0.50, 0.45, 0.36),
) -> st.Room:
    """Walls, boarded floor, curtained windows; drawn (0..1) closes the curtains."""
    white = m.surface("white wood", (0.78, 0.76, 0.71), rough=0.35, bump=0.02)
    floor = m.tiles(
        "boards",
        (0.40, 0.25, 0.13),
        (1.4, 0.145),
        grout=(0.12, 0.07, 0.04),
        gap=0.003,
        offset=0.37,
        rough=0.34,
        vary=0.14,
        grain=0.7,
    )
    wall = dict.fromkeys("sew", m.plaster()) | {
        "n": m.surface("accent", accent, rough=0.75, vary=0.03, bump=0.06, scale=60)
    }
    room = st.Room(
        width, depth, 2.62, floor, wall, m.plaster((0.82, 0.81, 0.78)), holes, skirting=white
    )
    for hole in holes:
        room.window(hole, white, light=light, sill=white)
        left, right = hole.at - hole.width / 2 - 0.25, hole.at + hole.width / 2 + 0.25
        if nets:
            room.curtain(
                hole.wall,
                (left + 0.1, right - 0.1),
                (0.02, 2.4),
                m.sheer("net", (0.62, 0.61, 0.575), 0.42, 0.3),
                off=0.07,
                folds=11,
                deep=0.03,
            )
        cloth, reach = m.fabric("curtain", drape, bump=0.3), 0.36 + drawn * (right - left) * 0.32
        for a, b in ((left, left + reach), (right - reach, right)):
            room.curtain(hole.wall, (a, b), (0.02, 2.42), cloth, off=0.13)
        rod = [room.at(hole.wall, u, 0.12, 2.44) for u in (left - 0.1, right + 0.1)]
        st.tube("rod", rod, 0.013, m.brass())
        st.block(
            "outside",
            room.at(hole.wall, hole.at - 5, -2.5, -1),
            room.at(hole.wall, hole.at + 5, -2.6, 5),
            m.backdrop(1.3),
            0,
        )
    return room


def rug(x: float, y: float, size: st.Point, color: st.Color) -> None:
    """A woven rug, a little uneven."""
    st.block(
        "rug",
        (x, y, 0),
        (x + size[0], y + size[1], 0.012),
        m.fabric("rug", color, bump=0.8, scale=90, vary=0.12),
        0.005,
    )


def desk(room: st.Room, low: float, high: float) -> None:
    """A desk on the west wall with chair, mirror, tea tray and folded towels."""
    oak, black = m.wood("desk", OAK, grain=(14, 1, 14)), m.surface("black", (0.03, 0.03, 0.03))
    room.block("w", (low, high), (0.02, 0.5), (0.71, 0.745), oak)
    room.block("w", (low, low + 0.45), (0.03, 0.47), (0.1, 0.7), oak)
    for z in (0.12, 0.32, 0.52):
        room.block("w", (low + 0.01, low + 0.44), (0.47, 0.487), (z, z + 0.185), oak)
    room.block("w", (high - 0.04, high), (0.03, 0.48), (0, 0.71), oak)
    room.block("w", (high - 0.95, high - 0.35), (0.005, 0.03), (0.95, 1.75), m.wood("frame", OAK))
    room.block(
        "w",
        (high - 0.92, high - 0.38),
        (0.03, 0.034),
        (0.98, 1.72),
        m.surface("mirror", (0.93, 0.94, 0.94), rough=0.0, metal=1, vary=0, bump=0),
        0.002,
    )
    st.model(
        "BlendSwap-CC-BY/ella_chair_f",
        (0.62, high - 0.6, 0),
        -82,
        mats={".": m.wood("chair", OAK, grain=(12, 12, 2))},
    )
    room.block("w", (high - 0.38, high - 0.08), (0.1, 0.42), (0.745, 0.757), oak, 0.005)
    st.model(
        "BlendSwap-CC-BY/boiler",
        room.at("w", high - 0.2, 0.2, 0.757),
        60,
        (0.15, 0.14, 0.2),
        mats={"handle": black, ".": m.metal("kettle", (0.66, 0.65, 0.63), 0.15)},
    )
    china = m.surface("china", (0.84, 0.83, 0.79), rough=0.08, bump=0, coat=0.5)
    for off in (0.33, 0.37):
        st.lathe(
            "mug",
            room.at("w", high - off + 0.1, off, 0.757),
            [(0, 0), (0.033, 0), (0.037, 0.08), (0.034, 0.08), (0.031, 0.01), (0, 0.01)],
            china,
        )
    st.model(
        "BlendSwap-CC-0/desklamp", room.at("w", high - 1.1, 0.2, 0.745), 0, mats={".": m.brass()}
    )


def room_12(aside: float = 0.0) -> st.Shot:
    """Double room with the morning sun; aside moves the camera."""
    hole = st.Opening("w", 2.75, 1.7, 0.55, 1.75)
    room = shell(4.0, 4.7, (0.33, 0.345, 0.26), [hole])
    headboard(2.25, 4.7, 1.9, (0.47, 0.42, 0.34), 4)
    bed(2.25, 4.62, 1.6, TERRACOTTA, (0.24, 0.28, 0.18))
    for x, phone in ((1.05, False), (3.45, True)):
        bedside(x, 4.7, True, phone)
    for i, x in enumerate((1.85, 2.65)):
        art = m.painting(
            f"art{i}", [(0.70, 0.62, 0.50), SAGE, (0.55, 0.32, 0.20), (0.80, 0.76, 0.68)], 2.2 + i
        )
        room.picture("n", x, 1.72, (0.52, 0.66), m.wood("frame", OAK), art)
    for x in (1.2, 3.3):
        room.socket("n", x - 0.28 if x < 2 else x + 0.3, 0.62)
    rug(0.95, 1.5, (2.6, 1.9), (0.52, 0.46, 0.36))
    armchair(0.74, 2.45, 112, (0.22, 0.26, 0.17))
    st.place(
        st.pillow("seat cushion", (0.4, 0.3), m.fabric("seat", (0.60, 0.50, 0.36))),
        (0.68, 2.43, 0.52),
        (62, 0, 112),
    )
    st.model("BlendSwap-CC-BY/spatifilum", (0.42, 4.22, 0), 60, (0.8, 0.75, 1.05))
    st.model(
        "BlendSwap-CC-0/slippers",
        (1.25, 3.3, 0.0),
        15,
        mats={".": m.fabric("slippers", (0.75, 0.73, 0.69))},
    )
    st.daylight(sun=2.5, turn=(58, 0, -75), sky=1.0, color=(0.75, 0.87, 1.0))
    st.lamp((2.2, 1.2, 2.5), 22, (1, 0.80, 0.58), 0.15)
    st.camera((3.42 + aside, 0.4 + aside / 3, 1.36), 24 + aside * 12, 23, rise=-0.06)
    return st.Shot(exposure=0.55, look=LOOK, samples=16)


def room_12_again() -> st.Shot:
    """The same room a hand's breadth aside, exposed and compressed differently."""
    room_12(-0.09)
    return st.Shot(exposure=0.9, warmth=0.015, size=(960, 640), quality=76, look=LOOK, samples=10)


def room_07(drawn: float = 0.0, lit: bool = True, light: float = 80.0) -> st.Shot:
    """Twin room, plainer."""
    hole = st.Opening("e", 2.5, 1.3, 0.85, 1.35)
    room = shell(
        4.2, 4.4, (0.70, 0.64, 0.54), [hole], drawn=drawn, light=light, drape=(0.40, 0.18, 0.10)
    )
    for x in (1.2, 2.95):
        headboard(x, 4.4, 1.0, (0.28, 0.31, 0.23), 2)
        bed(x, 4.32, 0.95, (0.27, 0.31, 0.22), TERRACOTTA, pillows=1)
    bedside(2.07, 4.4, lit, phone=True)
    room.picture(
        "n",
        2.07,
        1.7,
        (0.8, 0.56),
        m.wood("frame", OAK),
        m.painting("sea", [(0.20, 0.30, 0.34), (0.45, 0.55, 0.55), (0.78, 0.74, 0.64)], 1.6),
    )
    room.socket("n", 2.4, 0.62)
    room.socket("w", 3.6, 1.1, switch=True)
    rug(1.5, 1.4, (1.3, 1.9), (0.42, 0.30, 0.20))
    desk(room, 0.62, 2.3)
    st.daylight(sun=0, sky=0.8, color=(0.78, 0.87, 1.0))
    if lit:
        st.lamp((2.1, 1.6, 2.45), 26, (1, 0.80, 0.58), 0.15)
    st.camera((2.8, 0.3, 1.36), 11, 20, rise=-0.06)
    return st.Shot(exposure=0.7, look=LOOK, size=(960, 640), samples=14)


def room_07_dark() -> st.Shot:
    """The twin room at dusk, lights off, curtains nearly closed: dark and noisy."""
    room_07(drawn=0.55, lit=False, light=7)
    return st.Shot(exposure=1.9, grain=0.045, warmth=-0.03, size=(960, 640), quality=80, samples=8)


if __name__ == "__main__":
    st.main(
        {
            "room-12-bed": room_12,
            "room-12-bed-2": room_12_again,
            "room-07-twin": room_07,
            "room-07-dark": room_07_dark,
        }
    )
