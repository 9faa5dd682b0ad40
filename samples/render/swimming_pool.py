"""Renders of the pool behind the hotel."""

from __future__ import annotations

import materials as m
import numpy as np
import outdoors as o
import pool_parts as p
import studio as st
from hotel_parts import Hotel
from pool_parts import DEEP, EAST, NORTH, SOUTH, WEST


def basin() -> None:
    """The pool, its coping, the terrace and a ladder."""
    tile = p.mosaic()
    o.boxes(
        "basin",
        [
            ((WEST - 0.3, SOUTH - 0.3, -DEEP - 0.3), (EAST + 0.3, NORTH + 0.3, -DEEP)),
            ((WEST - 0.3, SOUTH - 0.3, -DEEP), (WEST, NORTH + 0.3, -0.06)),
            ((EAST, SOUTH - 0.3, -DEEP), (EAST + 0.3, NORTH + 0.3, -0.06)),
            ((WEST, NORTH, -DEEP), (EAST, NORTH + 0.3, -0.06)),
            ((WEST, SOUTH - 0.3, -DEEP), (EAST, SOUTH, -0.06)),
        ],
        tile,
    )
    o.boxes(
        "steps",
        [
            ((EAST - 0.4 * i, SOUTH, -DEEP), (EAST - 0.4 * i + 0.4, SOUTH + 2.2, -0.3 * i))
            for i in (1, 2, 3)
        ],
        tile,
        0.02,
    )
    stone = m.surface("coping", (0.62, 0.55, 0.44), 0.6, vary=0.08, bump=0.2, scale=18.0)
    rim = [
        ((x + 0.005, y, -0.06), (x + 0.595, y + 0.42, 0.03))
        for y in (SOUTH - 0.4, NORTH - 0.02)
        for x in np.arange(WEST - 0.4, EAST + 0.2, 0.6).tolist()
    ]
    rim += [
        ((x, y + 0.005, -0.06), (x + 0.42, y + 0.595, 0.03))
        for x in (WEST - 0.4, EAST - 0.02)
        for y in np.arange(SOUTH, NORTH - 0.2, 0.6).tolist()
    ]
    o.boxes("coping", rim, stone, 0.012)
    paving = m.tiles(
        "terrace", (0.56, 0.44, 0.32), (0.45, 0.45), (0.34, 0.29, 0.23), 0.008, 0.5, 0.7, 0.12
    )
    w, e, s, n = WEST - 0.3, EAST + 0.3, SOUTH - 0.3, NORTH + 0.3
    for low, high in (
        ((-30, -30), (w, 0)),
        ((e, -30), (30, 0)),
        ((w, -30), (e, s)),
        ((w, n), (e, 0)),
    ):
        st.block("terrace", (*low, -0.4), (*high, 0), paving, 0)
    lawn = m.surface("lawn", (0.05, 0.085, 0.022), 0.9, vary=0.3, bump=1.0, scale=60.0)
    st.block("lawn", (-120, -120, -3.8), (120, 120, -3.5), lawn, 0)
    steel = m.metal("steel", (0.7, 0.7, 0.7), 0.12)
    for x in (4.2, 4.75):
        st.tube(
            "ladder",
            [
                (x, NORTH - 0.12, -1.2),
                (x, NORTH - 0.12, 0.55),
                (x, NORTH - 0.02, 0.75),
                (x, NORTH + 0.2, 0.78),
                (x, NORTH + 0.36, 0.6),
                (x, NORTH + 0.38, 0),
            ],
            0.02,
            steel,
        )


def garden() -> None:
    """Hedges, palms, pots and flower beds about the terrace."""
    green, light = o.leaf("hedge", (0.055, 0.12, 0.025)), o.leaf("shrub", (0.11, 0.19, 0.04))
    pink = o.leaf("pink", (0.72, 0.12, 0.30), 0.3)
    for low, high in (
        ((-16, -3.6, 0), (-8.3, -2.8, 1.15)),
        ((-16, -16, 0), (-15.2, -3.6, 1.3)),
        ((13.4, -18, 0), (14.2, -2.8, 1.3)),
        ((5.5, -3.6, 0), (13.4, -2.8, 1.15)),
    ):
        o.hedge(low, high, green, 0.06)
    for i, x in enumerate((-12.5, -10.9, -9.4, 6.4, 8.0, 9.8, 11.6)):
        o.ball((x, -4.1, 0.4), 0.55, light, 0.08, 0.9)
        o.ball((x + 0.3, -4.4, 0.55), 0.35, pink if i % 2 else light, 0.05)
    palm = o.greenery(
        st.model("Scopia/coconutTree", (-11.6, -5.2, 0), 0, (4.6, 4.7, 6.8)),
        "leaves",
        (0.75, 0.9, 0.5),
    )
    for at, turn, size in (
        ((9.5, -5.4, 0), 70, 1.0),
        ((-13.6, -9.2, 0), 160, 0.85),
        ((12.4, -8.6, 0), 250, 0.9),
    ):
        o.copy(palm, at, turn, size)
    rows = [(15.5 + i * 37 % 4, -19 + i * 2.4, 0.8 + i * 29 % 7 / 14) for i in range(17)]
    o.trees(
        rows + [(-x - 2, y, size) for x, y, size in rows], 6.5, o.leaf("tree", (0.075, 0.13, 0.03))
    )
    clay = m.surface("terracotta", o.TERRACOTTA, 0.8, vary=0.15)
    for at in ((-7.6, NORTH + 0.9, 0), (6.2, NORTH + 1.0, 0), (7.4, -3.8, 0)):
        o.pot(at, 0.3, 0.5, clay)
        o.ball((at[0], at[1], 0.78), 0.42, light, 0.07)
        o.ball((at[0], at[1] - 0.1, 0.92), 0.3, o.leaf("red", (0.65, 0.05, 0.06), 0.25), 0.04)


def build() -> None:
    """The whole garden with the hotel behind it."""
    Hotel(entrance=False, balcony=lambda floor, _: floor > 0).build()
    basin()
    p.water()
    p.loungers()
    garden()


def pool() -> st.Shot:
    """The pool along its length, with loungers and the hotel behind."""
    build()
    o.sky(6.0, (46, 0, -40), 0.12, 0.7)
    st.camera((-5.6, -17.9, 1.7), -24, 22, -0.03, focus=11, fstop=11)
    return st.Shot(exposure=-0.25, samples=28)


def corner() -> st.Shot:
    """A weaker view of the pool's corner, with the camera held askew."""
    build()
    o.sky(4.0, (50, 0, 30), 0.16, 1.0)
    st.camera((8.6, -16.6, 1.5), 62, 26, -0.12, roll=6.0, focus=8, fstop=11)
    return st.Shot(exposure=-0.2, samples=16)


if __name__ == "__main__":
    st.main({"pool": pool, "pool-corner": corner})
