"""Towels, bottles and sanitary ware of the sample bathrooms."""

from __future__ import annotations

import math
import random

import materials as m
import studio as st

OAK = (0.43, 0.27, 0.14)
TERRY = (0.8, 0.78, 0.73)


def ceramic() -> st.Material:
    """Glazed sanitary ware."""
    return m.surface("ceramic", (0.82, 0.82, 0.80), rough=0.09, vary=0.01, bump=0, coat=0.5)


def towels(x: float, y: float, z: float, count: int = 3, color: st.Color = TERRY) -> None:
    """A pile of folded towels."""
    terry = m.fabric(f"terry {color}", color, bump=0.9, scale=260)
    for i in range(count):
        for layer in range(3):
            dx, dy = (random.uniform(-0.006, 0.006) for _ in "xy")
            lo = (x - 0.15 + dx, y - 0.11 + dy, z + i * 0.062 + layer * 0.02)
            st.block("towel", lo, (lo[0] + 0.3, lo[1] + 0.22, lo[2] + 0.022), terry, 0.011)


def hanging(
    room: st.Room,
    side: str,
    along: float,
    up: float,
    width: float = 0.5,
    length: float = 0.62,
    color: st.Color = TERRY,
    rail: bool = True,
) -> None:
    """A towel folded over a rail."""
    terry = m.fabric(f"terry {color}", color, bump=0.9, scale=260)
    for off, drop in ((0.085, length), (0.055, length * 0.8)):
        cloth = room.curtain(
            side,
            (along - width / 2, along + width / 2),
            (up - drop, up + 0.01),
            terry,
            off=off,
            folds=2.2,
            deep=0.007,
        )
        solid = cloth.modifiers.new("solid", "SOLIDIFY")
        solid.thickness = 0.009
    st.tube(
        "over",
        [room.at(side, along + s * width / 2, 0.07, up + 0.006) for s in (-1, 1)],
        0.019,
        terry,
    )
    if rail:
        ends = [along - width / 2 - 0.06, along + width / 2 + 0.06]
        st.tube(
            "rail",
            [
                room.at(side, ends[0], 0, up),
                room.at(side, ends[0], 0.07, up),
                room.at(side, ends[1], 0.07, up),
                room.at(side, ends[1], 0, up),
            ],
            0.009,
            m.metal(),
        )


def bottle(x: float, y: float, z: float, color: st.Color, tall: float = 0.15) -> None:
    """A pump bottle of soap."""
    body = m.surface(f"bottle {color}", color, rough=0.15, bump=0, coat=0.4, subsurface=0.2)
    r = tall * 0.2
    st.lathe(
        "bottle",
        (x, y, z),
        [
            (0, 0),
            (r, 0),
            (r, 0.002),
            (r, tall * 0.72),
            (r * 0.9, tall * 0.8),
            (r * 0.35, tall * 0.85),
            (r * 0.35, tall * 0.9),
            (0, tall * 0.9),
        ],
        body,
    )
    dark = m.surface("pump", (0.03, 0.03, 0.03), rough=0.3, bump=0)
    st.tube(
        "pump",
        [(x, y, z + tall * 0.88), (x, y, z + tall * 1.1), (x + 0.03, y, z + tall * 1.1)],
        0.005,
        dark,
    )


def tumbler(x: float, y: float, z: float) -> None:
    """A glass with two toothbrushes."""
    st.lathe(
        "glass",
        (x, y, z),
        [(0, 0.005), (0.03, 0.005), (0.035, 0.1), (0.033, 0.1), (0.028, 0.01), (0, 0.01)],
        m.glass("bath glass"),
        subdiv=0,
    )
    for color, dx in (((0.1, 0.3, 0.35), 0.02), ((0.75, 0.35, 0.2), -0.018)):
        st.tube(
            "brush",
            [(x - dx * 0.8, y, z + 0.01), (x + dx, y + 0.01, z + 0.17)],
            0.004,
            m.surface(f"brush {color}", color, rough=0.3, bump=0),
        )


def basin(room: st.Room, side: str, along: float) -> None:
    """A vessel basin on an oak top with drawers, tap, mirror and wall lamps."""
    oak, chrome = m.wood("vanity", OAK, grain=(14, 1, 14)), m.metal()
    room.block(side, (along - 0.5, along + 0.5), (0, 0.5), (0.80, 0.84), oak, 0.006)
    room.block(side, (along - 0.48, along + 0.48), (0.02, 0.47), (0.5, 0.79), oak)
    for a, b in ((-0.475, -0.004), (0.004, 0.475)):
        room.block(side, (along + a, along + b), (0.47, 0.488), (0.51, 0.785), oak)
        mid = along + (a + b) / 2
        st.tube(
            "pull", [room.at(side, mid + s, 0.505, 0.74) for s in (-0.07, 0.07)], 0.006, m.brass()
        )
    room.block(side, (along - 0.48, along + 0.48), (0.02, 0.45), (0.2, 0.225), oak)
    x, y, _ = room.at(side, along, 0.26, 0)
    st.lathe(
        "bowl",
        (x, y, 0.84),
        [
            (0, 0.0),
            (0.13, 0),
            (0.17, 0.02),
            (0.205, 0.07),
            (0.21, 0.125),
            (0.2, 0.128),
            (0.19, 0.07),
            (0.15, 0.03),
            (0.02, 0.022),
            (0, 0.02),
        ],
        ceramic(),
        steps=48,
    )
    tx, ty, _ = room.at(side, along, 0.06, 0)
    nx, ny, _ = room.at(side, along, 0.19, 0)
    arc = [
        (
            tx + (nx - tx) * (1 - math.cos(t)) / 2,
            ty + (ny - ty) * (1 - math.cos(t)) / 2,
            1.07 + 0.05 * math.sin(t),
        )
        for t in [i * math.pi / 10 for i in range(11)]
    ]
    st.tube("tap", [(tx, ty, 0.84), *arc, (nx, ny, 1.04)], 0.012, chrome)
    st.lathe("tap base", (tx, ty, 0.84), [(0, 0), (0.026, 0), (0.026, 0.008), (0, 0.01)], chrome)
    st.tube("lever", [(tx, ty, 0.93), room.at(side, along + 0.07, 0.06, 0.95)], 0.007, chrome)
    room.block(side, (along - 0.42, along + 0.42), (0.012, 0.03), (1.12, 1.98), oak, 0.004)
    room.block(
        side,
        (along - 0.4, along + 0.4),
        (0.03, 0.034),
        (1.14, 1.96),
        m.surface("mirror", (0.93, 0.94, 0.94), rough=0.0, metal=1, vary=0, bump=0),
        0.002,
    )
    for s in (-0.54, 0.54):
        bx, by, bz = room.at(side, along + s, 0.08, 1.62)
        st.tube("arm", [room.at(side, along + s, 0, 1.62), (bx, by, 1.62)], 0.01, m.brass())
        st.lathe(
            "globe",
            (bx, by, bz - 0.09),
            [(0, 0), (0.045, 0.01), (0.05, 0.03), (0.05, 0.15), (0.045, 0.17), (0, 0.18)],
            m.glow("globe", (1, 0.8, 0.58), 7),
        )
    towels(*room.at(side, along - 0.18, 0.24, 0.225), 3)
    bottle(*room.at(side, along + 0.3, 0.12, 0.84), (0.32, 0.14, 0.04))
    bottle(*room.at(side, along + 0.39, 0.14, 0.84), (0.25, 0.29, 0.2), 0.13)
    tumbler(*room.at(side, along - 0.36, 0.14, 0.84))


def toilet(room: st.Room, side: str, along: float) -> None:
    """A toilet with paper, brush and bin beside it."""
    turn = {"e": -90, "w": 90, "n": 0}[side]
    st.model(
        "BlendSwap-CC-BY/toilets_unit_jay_hardy",
        room.at(side, along, 0.285, 0),
        turn,
        mats={"chrome|metal|flush": m.metal(), ".": ceramic()},
    )
    st.model("KatorLegaz/bathroom-tissue", room.at(side, along - 0.45, 0.09, 0.62), turn)
    st.model(
        "BlendSwap-CC-0/toiletBrush",
        room.at(side, along + 0.32, 0.12, 0),
        turn,
        mats={".": m.metal("steel", rough=0.25)},
    )


def shower(room: st.Room, side: str, along: float, low: float = 0.62) -> None:
    """A mixer, hose, riser rail and shower head."""
    chrome = m.metal()
    st.tube(
        "riser",
        [
            room.at(side, along, 0.06, low + 0.45),
            room.at(side, along, 0.06, 2.1),
            room.at(side, along, 0.16, 2.18),
            room.at(side, along, 0.34, 2.16),
        ],
        0.011,
        chrome,
    )
    st.lathe(
        "head",
        room.at(side, along, 0.34, 2.12),
        [(0, 0), (0.1, 0), (0.1, 0.012), (0.03, 0.03), (0, 0.04)],
        chrome,
    )
    st.tube(
        "mixer",
        [
            room.at(side, along - 0.12, 0.06, low + 0.45),
            room.at(side, along + 0.12, 0.06, low + 0.45),
        ],
        0.022,
        chrome,
    )
    hose = [
        room.at(side, along + 0.05 + 0.05 * math.sin(t * 1.3), 0.07, low + 0.45 - 0.3 * math.sin(t))
        for t in [i * math.pi / 12 for i in range(10)]
    ]
    st.tube("hose", hose, 0.007, chrome)
