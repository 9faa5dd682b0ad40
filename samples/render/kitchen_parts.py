"""Cupboards, sink and appliances of the sample kitchenette."""

from __future__ import annotations

import math

import materials as m
import studio as st

TOP = 0.9  # height of the worktop


def front(
    room: st.Room, side: str, along: st.Point, up: st.Point, off: float, mat: st.Material
) -> None:
    """A framed door or drawer front with a brass handle, off a wall."""
    (a, b), (low, high), bar = (
        (along[0] + 0.002, along[1] - 0.002),
        (up[0] + 0.002, up[1] - 0.002),
        0.06,
    )
    room.block(side, (a, b), (off, off + 0.014), (low, high), mat, 0.002)
    for u, v in (
        ((a, a + bar), (low, high)),
        ((b - bar, b), (low, high)),
        ((a + bar, b - bar), (low, low + bar)),
        ((a + bar, b - bar), (high - bar, high)),
    ):
        room.block(side, u, (off + 0.014, off + 0.021), v, mat, 0.002)
    mid, high = (a + b) / 2, (high - 0.03 if high < 1 else low + 0.03)
    st.tube(
        "pull",
        [
            room.at(side, mid + s, off + d, high)
            for s, d in ((-0.06, 0.02), (-0.06, 0.045), (0.06, 0.045), (0.06, 0.02))
        ],
        0.005,
        m.brass(),
    )


def units(
    room: st.Room,
    side: str,
    start: float,
    widths: list[float],
    mat: st.Material,
    drawers: set[int],
    skip: set[int],
) -> None:
    """A run of floor units: carcase, plinth and fronts."""
    end = start + sum(widths)
    room.block(side, (start, end), (0, 0.55), (0.1, TOP - 0.03), mat)
    room.block(side, (start, end), (0, 0.5), (0, 0.1), m.surface("plinth", (0.10, 0.09, 0.08)))
    for i, width in enumerate(widths):
        if i in drawers:
            for low, high in ((0.11, 0.4), (0.4, 0.65), (0.65, 0.87)):
                front(room, side, (start, start + width), (low, high), 0.55, mat)
        elif i not in skip:
            front(room, side, (start, start + width), (0.11, 0.87), 0.55, mat)
        start += width


def wall_units(
    room: st.Room, side: str, start: float, widths: list[float], mat: st.Material
) -> None:
    """Upper cupboards."""
    room.block(side, (start, start + sum(widths)), (0, 0.32), (1.45, 2.15), mat)
    for width in widths:
        front(room, side, (start, start + width), (1.45, 2.15), 0.32, mat)
        start += width


def sink(room: st.Room, side: str, along: float, top: st.Material, run: st.Point) -> None:
    """The worktop of a wall, with a steel sink let in, and its tap."""
    steel = m.metal("sink steel", (0.62, 0.62, 0.61), 0.25)
    left, right, near, far, low = along - 0.25, along + 0.25, 0.5, 0.12, TOP - 0.18
    for u, off in (
        ((run[0], left), (0, 0.6)),
        ((right, run[1]), (0, 0.6)),
        ((left, right), (0, far)),
        ((left, right), (near, 0.6)),
    ):
        room.block(side, u, off, (TOP - 0.03, TOP), top, 0.002)
    for u, off, up in (
        ((left, left + 0.006), (far, near), (low, TOP + 0.003)),
        ((right - 0.006, right), (far, near), (low, TOP + 0.003)),
        ((left, right), (far, far + 0.006), (low, TOP + 0.003)),
        ((left, right), (near - 0.006, near), (low, TOP + 0.003)),
        ((left, right), (far, near), (low, low + 0.006)),
    ):
        room.block(side, u, off, up, steel, 0.002)
    arc = [
        room.at(side, along, 0.07 + 0.09 * (1 - math.cos(t)), TOP + 0.24 + 0.09 * math.sin(t))
        for t in [i * math.pi / 12 for i in range(13)]
    ]
    chrome = m.metal()
    st.tube(
        "tap",
        [room.at(side, along, 0.07, TOP), *arc, room.at(side, along, 0.25, TOP + 0.19)],
        0.012,
        chrome,
    )
    st.lathe(
        "tap base",
        room.at(side, along, 0.07, TOP),
        [(0, 0), (0.026, 0), (0.024, 0.05), (0, 0.05)],
        chrome,
    )
    st.tube(
        "lever",
        [
            room.at(side, along + 0.02, 0.07, TOP + 0.05),
            room.at(side, along + 0.1, 0.07, TOP + 0.08),
        ],
        0.007,
        chrome,
    )


def oven(room: st.Room, side: str, along: float) -> None:
    """A built-in oven with a glass hob above it, and a tea towel on its handle."""
    black = m.surface("oven glass", (0.012, 0.012, 0.013), rough=0.07, bump=0, coat=0.6)
    steel, off = m.metal("oven steel", (0.6, 0.6, 0.6), 0.22), 0.55
    room.block(side, (along - 0.297, along + 0.297), (off, off + 0.02), (0.28, 0.74), black, 0.004)
    room.block(
        side, (along - 0.297, along + 0.297), (off, off + 0.022), (0.745, 0.865), steel, 0.004
    )
    room.block(
        side, (along - 0.297, along + 0.297), (off, off + 0.018), (0.11, 0.275), steel, 0.004
    )
    room.block(side, (along - 0.07, along + 0.07), (off + 0.02, off + 0.024), (0.785, 0.825), black)
    for dx in (-0.2, -0.13, 0.13, 0.2):
        x, y, z = room.at(side, along + dx, off + 0.02, 0.805)
        st.tube("knob", [(x, y, z), room.at(side, along + dx, off + 0.045, 0.805)], 0.018, steel)
    st.tube(
        "handle",
        [
            room.at(side, along + s, off + d, 0.7)
            for s, d in ((-0.25, 0.02), (-0.25, 0.06), (0.25, 0.06), (0.25, 0.02))
        ],
        0.009,
        steel,
    )
    cloth = room.curtain(
        side,
        (along - 0.17, along + 0.05),
        (0.36, 0.71),
        m.fabric("tea towel", (0.70, 0.66, 0.58), bump=0.5),
        off=off + 0.075,
        folds=5,
        deep=0.008,
    )
    cloth.modifiers.new("solid", "SOLIDIFY").thickness = 0.004
    room.block(side, (along - 0.29, along + 0.29), (0.05, 0.56), (TOP, TOP + 0.006), black, 0.003)
    ring = m.surface("hob ring", (0.35, 0.35, 0.36), rough=0.2, bump=0)
    for dx, dy, r in (
        (-0.14, 0.18, 0.075),
        (0.14, 0.18, 0.09),
        (-0.14, 0.42, 0.09),
        (0.14, 0.42, 0.075),
    ):
        st.lathe(
            "ring",
            room.at(side, along + dx, dy, TOP + 0.0063),
            [(r, 0), (r, 0.0004), (r + 0.003, 0.0004), (r + 0.003, 0)],
            ring,
            steps=40,
            subdiv=0,
        )


def hood(room: st.Room, side: str, along: float) -> None:
    """A steel chimney hood with its lamp."""
    steel = m.metal("hood steel", (0.62, 0.62, 0.61), 0.24)
    room.block(side, (along - 0.3, along + 0.3), (0.01, 0.48), (1.52, 1.57), steel, 0.004)
    room.block(side, (along - 0.13, along + 0.13), (0.01, 0.27), (1.57, 2.5), steel, 0.004)
    st.lamp(room.at(side, along, 0.25, 1.5), 5, (1, 0.85, 0.65), 0.03, spot=140)


def fridge(room: st.Room, side: str, along: float) -> None:
    """A white fridge-freezer with notes on it."""
    white = m.surface("fridge", (0.80, 0.80, 0.78), rough=0.22, bump=0, coat=0.3)
    room.block(side, (along - 0.29, along + 0.29), (0.03, 0.58), (0.04, 1.78), white, 0.012)
    for low, high in ((0.06, 0.66), (0.672, 1.775)):
        room.block(side, (along - 0.297, along + 0.297), (0.585, 0.645), (low, high), white, 0.014)
        z = high - 0.22 if low < 0.5 else low + 0.1
        st.tube(
            "handle",
            [
                room.at(side, along - 0.24, 0.645 + d, z + dz)
                for d, dz in ((0, 0), (0.03, 0), (0.03, 0.26), (0, 0.26))
            ],
            0.009,
            m.metal(),
        )
    for i, (dx, up, color) in enumerate(
        (
            (0.05, 1.42, (0.75, 0.70, 0.50)),
            (-0.05, 1.33, (0.8, 0.8, 0.8)),
            (0.12, 1.27, (0.45, 0.55, 0.58)),
        )
    ):
        room.block(
            side,
            (along + dx, along + dx + 0.09),
            (0.6455, 0.6465),
            (up, up + 0.12),
            m.painting(f"note {i}", [color, (0.8, 0.78, 0.74)], 9),
            0,
        )
