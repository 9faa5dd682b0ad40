"""Render of the hotel's lobby."""

from __future__ import annotations

import bpy
import lobby_parts as p
import materials as m
import outdoors as o
import studio as st


def stairs(wall: bpy.types.Material) -> None:
    """A flight of oak stairs with a red runner and an iron railing, leaving through the arch."""
    step, runner = (
        m.wood("step", (0.30, 0.17, 0.08), grain=(14, 1, 14)),
        m.fabric("runner", (0.36, 0.09, 0.06)),
    )
    iron, first = m.surface("iron", (0.02, 0.02, 0.02), 0.4, metal=0.5), 7.75
    for i in range(18):
        x, z = first + i * 0.28, (i + 1) * 0.165
        st.block("step", (x, 6.55, 0), (x + 0.3, 8.65, z), step, 0.008)
        st.block("runner", (x - 0.006, 7.05, z - 0.16), (x + 0.285, 8.15, z + 0.008), runner, 0.006)
        for j in range(2):
            for y in (6.62, 8.58):
                st.tube(
                    "bar",
                    [(x + 0.07 + j * 0.14, y, z), (x + 0.07 + j * 0.14, y, z + 0.86 + j * 0.08)],
                    0.008,
                    iron,
                )
    for y in (6.62, 8.58):
        st.tube("rail", [(first, y, 1.03), (first + 18 * 0.28, y, 1.03 + 18 * 0.165)], 0.028, step)
        st.lathe(
            "newel",
            (first - 0.03, y, 0),
            [
                (0.06, 0),
                (0.06, 0.2),
                (0.035, 0.25),
                (0.035, 0.95),
                (0.06, 1),
                (0.06, 1.08),
                (0, 1.13),
            ],
            step,
        )
    o.boxes(
        "stairwell",
        [
            ((9.4, 6.2, 0), (14, 6.5, 5)),
            ((9.4, 8.7, 0), (14, 9.0, 5)),
            ((13.5, 6, 0), (13.8, 9, 5)),
            ((9.4, 6, 4.6), (14, 9, 4.8)),
        ],
        wall,
    )
    st.lamp((10.6, 7.6, 4.0), 110, radius=0.15)


def shell() -> st.Room:
    """The lobby: floor, walls, ceiling beams, columns, windows, doors, stairs."""
    wall = m.plaster((0.80, 0.71, 0.57))
    floor = m.tiles(
        "marble", (0.60, 0.50, 0.39), (0.8, 0.8), (0.34, 0.28, 0.22), 0.005, 0, 0.1, 0.05
    )
    windows = [st.Opening("w", y, 1.9, 0.12, 2.65) for y in (2.0, 4.9, 7.8)]
    door = st.Opening("n", 4.6, 2.9, 0, 2.75)
    arch = st.Opening("e", 7.6, 2.3, 0, 2.66)
    white = m.surface("white", (0.82, 0.79, 0.73), 0.6, bump=0.02)
    oak = m.wood("oak", p.OAK, grain=(14, 14, 1))
    room = st.Room(9.2, 10.0, 3.4, floor, wall, white, [*windows, door, arch], skirting=oak)
    frame = m.surface("frame", (0.74, 0.71, 0.65), 0.35)
    for hole in windows:
        room.window(hole, frame, 2, 110)
        net, drape = (
            m.sheer("net", (0.9, 0.88, 0.84), 0.5, 0.45),
            m.fabric("drape", (0.22, 0.29, 0.17), 0.2),
        )
        edge = hole.width / 2
        room.curtain("w", (hole.at - edge, hole.at + edge), (0.03, 3.0), net, 0.07, 8, 0.02)
        for s in (-1, 1):
            room.curtain(
                "w",
                tuple(sorted((hole.at + s * (edge - 0.12), hole.at + s * (edge + 0.34)))),
                (0.01, 3.02),
                drape,
                0.15,
                12,
                0.04,
            )
        st.tube(
            "rod",
            [(0.14, hole.at - edge - 0.45, 3.04), (0.14, hole.at + edge + 0.45, 3.04)],
            0.016,
            m.brass(),
        )
    room.window(door, oak, 4, 120)
    room.block("n", (3.15, 6.05), (-0.13, -0.05), (2.15, 2.22), oak)
    for x in (4.5, 4.7):
        st.tube(
            "pull",
            [(x, 9.96, 0.85), (x, 9.93, 0.95), (x, 9.93, 1.4), (x, 9.96, 1.5)],
            0.014,
            m.brass(),
        )
    for side, along in (("w", 10.0), ("e", 10.0), ("n", 9.2)):
        room.block(side, (0, along), (0, 0.07), (3.26, 3.4), white, 0.03)
        room.block(side, (0, along), (0, 0.04), (3.2, 3.26), white, 0.01)
    for y in (2.6, 5.2, 7.8):
        st.block("beam", (0, y - 0.11, 3.2), (9.2, y + 0.11, 3.4), oak, 0.01)
    for x in (2.75, 6.6):
        st.lathe(
            "column",
            (x, 7.4, 0),
            [
                (0.27, 0),
                (0.27, 0.1),
                (0.23, 0.13),
                (0.2, 0.18),
                (0.18, 2.85),
                (0.2, 2.88),
                (0.24, 2.96),
                (0.26, 3.2),
            ],
            white,
            48,
        )
    for y in (6.43, 8.77):
        room.block("e", (y - 0.08, y + 0.08), (-0.22, 0.03), (0, 2.7), oak, 0.008)
    room.block("e", (6.34, 8.86), (-0.22, 0.03), (2.58, 2.74), oak, 0.008)
    stairs(wall)
    return room


def seating() -> None:
    """Sofas, armchairs, tables, rugs and lamps."""
    walnut = m.wood("walnut", (0.17, 0.085, 0.04))
    sage, clay = m.fabric("sage", (0.23, 0.29, 0.18)), m.fabric("clay", (0.46, 0.17, 0.09))
    cream = m.fabric("cream", (0.68, 0.60, 0.47))
    hide = m.surface("leather", (0.20, 0.085, 0.04), 0.38, vary=0.15, bump=0.2, scale=120.0)
    sofa = {"wood": walnut, "textile": hide}
    chair = {"wood": walnut, "textile": cream}
    p.rug(2.75, 3.9, 90, (2.7, 3.8))
    st.model("KatorLegaz/mid-century-sofa", (1.05, 3.9, 0), 90, None, sofa)
    st.model("KatorLegaz/mid-century-sofa", (2.75, 5.55, 0), 0, None, sofa)
    for at, turn in (((4.35, 4.45, 0), -80), ((4.3, 3.3, 0), -104)):
        st.model("KatorLegaz/mid-century-chair", at, turn, None, chair)
    p.round_table(2.75, 3.9, 0.48, 0.42, walnut)
    p.magazines(2.6, 3.75, 0.42)
    p.bouquet(2.95, 4.05, 0.42, 0.6)
    for x, y, turn in ((0.95, 3.3, 20), (0.95, 4.5, -15), (2.1, 5.55, 100)):
        cushion = st.pillow("cushion", (0.42, 0.42), sage if turn != 20 else clay)
        st.place(cushion, (x + 0.05, y, 0.62), (70, 0, turn + 90))
    for x, y in ((0.75, 5.35), (8.7, 4.75)):
        p.round_table(x, y, 0.26, 0.55, walnut)
        p.table_lamp(x, y, 0.55, m.surface("glaze", (0.20, 0.28, 0.19), 0.15, coat=0.6), 14)
    p.rug(7.45, 3.6, 0, (2.2, 3.1))
    st.model(
        "KatorLegaz/mid-century-sofa", (8.65, 3.6, 0), -90, None, {"wood": walnut, "textile": sage}
    )
    for at, turn in (((6.7, 4.9, 0), 20), ((7.7, 5.0, 0), -15)):
        st.model("KatorLegaz/mid-century-chair", at, turn, None, {"wood": walnut, "textile": clay})
    p.round_table(7.55, 3.6, 0.4, 0.42, walnut)
    p.magazines(7.5, 3.65, 0.42, 60)
    p.round_table(4.6, 7.1, 0.55, 0.76, walnut)
    p.bouquet(4.6, 7.1, 0.76, 1.35)


def clutter(room: st.Room) -> None:
    """Plants, pictures, consoles, luggage, door mat."""
    clay = m.surface("terracotta", o.TERRACOTTA, 0.8, vary=0.15)
    big = st.model(
        "BlendSwap-CC-BY/spatifilum", (5.6, 8.9, 0), 0, (1.0, 0.95, 1.25), {"ceramic": clay}
    )
    o.greenery(big, "leaf", (0.8, 0.9, 0.6))
    o.copy(big, (0.75, 1.0, 0), 120)
    o.copy(big, (8.6, 5.75, 0), 200, 0.9)
    yucca = o.greenery(
        st.model("Scopia/ficus", (0.7, 6.4, 0), 0, (0.95, 0.95, 2.0)), "leaves", (0.8, 0.95, 0.6)
    )
    o.copy(yucca, (8.5, 1.3, 0), 90, 1.0)
    sea = ((0.06, 0.12, 0.16), (0.16, 0.30, 0.36), (0.55, 0.56, 0.47), (0.80, 0.72, 0.56))
    earth = ((0.25, 0.10, 0.05), (0.52, 0.24, 0.11), (0.72, 0.52, 0.30), (0.84, 0.78, 0.66))
    oak = m.wood("oak", p.OAK)
    room.picture("e", 3.6, 1.85, (1.5, 1.0), oak, p.painting("sea", sea, 1.6))
    for y, art in ((1.3, earth), (5.5, earth)):
        room.picture("e", y, 1.8, (0.6, 0.8), oak, p.painting("earth", art, 2.6))
    for x, art in ((1.5, sea), (7.7, earth)):
        room.picture("n", x, 1.75, (0.9, 1.1), oak, p.painting("art", art, 2.2))
        st.block("console", (x - 0.6, 9.55, 0.76), (x + 0.6, 9.93, 0.8), oak, 0.006)
        o.boxes(
            "legs",
            [
                ((x + a - 0.02, y - 0.02, 0), (x + a + 0.02, y + 0.02, 0.76))
                for a in (-0.55, 0.55)
                for y in (9.6, 9.88)
            ],
            oak,
            0.004,
        )
        p.table_lamp(x - 0.3, 9.75, 0.8, m.brass(), 16)
        p.bouquet(x + 0.3, 9.75, 0.8, 0.7)
    st.block("mat", (3.5, 8.3, 0), (5.7, 9.5, 0.014), m.fabric("mat", (0.10, 0.07, 0.045)), 0.005)
    st.model(
        "BlendSwap-CC-BY/suitcase",
        (6.25, 8.0, 0),
        60,
        (0.62, 0.24, 0.5),
        {"coque": m.surface("case", (0.30, 0.12, 0.06), 0.4), "poign|ceint": m.brass()},
    )
    room.socket("e", 6.1, 1.1, True)
    room.socket("n", 6.5, 1.1, True)


def outside() -> None:
    """What shows through the windows: a lawn, hedges and trees."""
    grass = m.surface("grass", (0.07, 0.11, 0.03), 0.9, vary=0.3, bump=1.0, scale=60.0)
    st.block("garden", (-40, -30, -0.6), (-0.25, 50, -0.3), grass, 0)
    st.block(
        "street",
        (-0.25, 10.25, -0.6),
        (40, 50, -0.05),
        m.tiles("paving", (0.5, 0.44, 0.36), (0.5, 0.5)),
        0,
    )
    green = o.leaf("hedge", (0.07, 0.14, 0.03))
    o.hedge((-6.4, -6, -0.3), (-5.6, 16, 0.9), green, 0.07)
    o.hedge((1, 17, -0.05), (9, 17.8, 1.0), green, 0.07)
    spots = [(-9 - i * 31 % 5, -8 + i * 3.2, 0.8 + i % 3 * 0.12) for i in range(9)]
    o.trees(
        spots + [(-3 + i * 4.2, 22 + i % 3, 0.9) for i in range(5)],
        6.0,
        o.leaf("tree", (0.085, 0.15, 0.03)),
    )


def build() -> None:
    """The furnished lobby."""
    room = shell()
    seating()
    clutter(room)
    outside()
    p.chandelier(4.6, 6.5, 3.4, 120)
    p.chandelier(4.6, 3.9, 3.4, 90)
    p.downlights([(x, y) for x in (1.4, 4.6, 7.8) for y in (1.3, 9.1)], 3.4, 26)
    p.downlights([(x, y) for x in (1.4, 7.8) for y in (3.9, 6.5)], 3.4, 26)


def lobby() -> st.Shot:
    """The lobby from its south end towards the entrance."""
    build()
    o.sky(7.0, (58, 0, -62), 0.12, 0.5)
    st.camera((4.6, 0.3, 1.5), -2, 27, -0.04, focus=5, fstop=8)
    return st.Shot(exposure=-0.05, samples=24)


if __name__ == "__main__":
    st.main({"lobby": lobby})
