"""Render of the hotel's front desk."""

from __future__ import annotations

import random

import bpy
import lobby_parts as p
import materials as m
import outdoors as o
import studio as st

WALNUT = (0.20, 0.105, 0.05)


def desk(mat: bpy.types.Material) -> None:
    """The counter: panelled walnut front, stone top, brass foot rail, lower working top."""
    left, right, y = 1.75, 5.35, 3.3
    dark = m.wood("walnut dark", (0.12, 0.06, 0.03), grain=(14, 14, 1))
    st.block("front", (left, y, 0.1), (right, y + 0.08, 1.06), mat, 0.004)
    st.block("plinth", (left + 0.04, y + 0.04, 0), (right - 0.04, y + 0.5, 0.1), dark, 0.004)
    for a, b in ((left, left + 0.06), (right - 0.06, right)):
        st.block("cheek", (a, y, 0.0), (b, y + 0.85, 1.06), mat, 0.004)
    for x in (left + 0.02 + i * 0.072 for i in range(50)):
        st.block("slat", (x, y - 0.028, 0.14), (x + 0.046, y, 1.02), mat, 0.006)
    stone = m.surface(
        "stone top", (0.62, 0.56, 0.47), 0.14, vary=0.22, bump=0.01, scale=60.0, coat=0.3
    )
    st.block("top", (left - 0.08, y - 0.12, 1.06), (right + 0.08, y + 0.36, 1.105), stone, 0.008)
    st.block("work", (left, y + 0.36, 0.74), (right, y + 0.9, 0.77), mat, 0.004)
    st.tube("rail", [(left + 0.1, y - 0.14, 0.16), (right - 0.1, y - 0.14, 0.16)], 0.018, m.brass())
    for i in range(4):
        x = left + 0.2 + i * (right - left - 0.4) / 3
        st.tube("arm", [(x, y - 0.14, 0.16), (x, y, 0.16)], 0.01, m.brass())


def on_desk() -> None:
    """Bell, screens, telephone, card terminal, leaflets, pens, flowers, lamp."""
    z, brass = 1.105, m.brass()
    black = m.surface("black", (0.015, 0.015, 0.016), 0.35, bump=0.02)
    grey = m.surface("grey", (0.10, 0.10, 0.105), 0.4, bump=0.02)
    for x, turn in ((2.75, 8), (4.55, -10)):
        back = st.block("screen", (-0.28, -0.02, 0.12), (0.28, 0.02, 0.47), black, 0.012)
        st.place(back, (x, 3.88, 0.95), (0, 0, turn))
        st.tube("stand", [(x, 3.9, 0.77), (x, 3.9, 1.1)], 0.025, grey)
    st.lathe(
        "bell",
        (3.5, 3.33, z),
        [
            (0.055, 0),
            (0.055, 0.008),
            (0.045, 0.012),
            (0.043, 0.022),
            (0.034, 0.042),
            (0.016, 0.053),
            (0.005, 0.055),
            (0.006, 0.066),
            (0, 0.068),
        ],
        brass,
        subdiv=2,
    )
    st.model("Scopia/phone", (4.95, 3.5, z), 200, None, {"negro|plas": black})
    st.block("terminal", (3.96, 3.4, z), (4.04, 3.56, z + 0.045), black, 0.01)
    p.bouquet(2.15, 3.42, z, 0.95)
    p.table_lamp(5.15, 3.45, z, m.surface("glaze", (0.16, 0.25, 0.17), 0.15, coat=0.6), 7)
    tones = ((0.20, 0.36, 0.42), (0.62, 0.36, 0.18), (0.30, 0.38, 0.22), (0.70, 0.62, 0.48))
    for i in range(4):
        x = 3.92 + i * 0.125
        st.block(
            "rack",
            (x - 0.058, 3.22, z),
            (x + 0.058, 3.25, z + 0.07),
            m.glass("acrylic", pane=True),
            0,
        )
        card = p.painting(f"leaflet {i}", (tones[i], tones[(i + 1) % 4], (0.86, 0.83, 0.76)), 12.0)
        leaf = st.block("leaflet", (-0.05, 0, 0), (0.05, 0.012, 0.2), card, 0.001)
        st.place(leaf, (x, 3.25, z + 0.01), (-14, 0, 0))
    paper = m.surface("paper", (0.80, 0.78, 0.72), 0.7, bump=0)
    for i in range(3):
        sheet = st.block("form", (-0.105, -0.148, 0), (0.105, 0.148, 0.002), paper, 0)
        st.place(sheet, (3.0 + i * 0.02, 3.36, z + 0.0025 * i), (0, 0, 8 - i * 9))
    st.tube("pen", [(3.02, 3.3, z + 0.013), (3.12, 3.4, z + 0.013)], 0.005, black)
    st.lathe(
        "tray",
        (3.2, 3.42, z),
        [(0, 0.005), (0.07, 0.006), (0.085, 0.025), (0.09, 0.025)],
        m.wood("tray", WALNUT),
    )
    for i in range(7):
        st.lathe(
            "sweet",
            (3.2 + random.uniform(-0.04, 0.04), 3.42 + random.uniform(-0.04, 0.04), z + 0.008),
            [(0, 0), (0.013, 0.005), (0.013, 0.012), (0, 0.018)],
            m.surface(
                f"sweet {i % 3}", ((0.6, 0.1, 0.06), (0.7, 0.5, 0.1), (0.1, 0.35, 0.2))[i % 3], 0.25
            ),
        )


def key_rack(mat: bpy.types.Material) -> None:
    """Pigeonholes with keys on brass hooks and some letters."""
    left, low, cell, y, deep = 2.44, 1.28, 0.222, 4.95, 0.2
    cols, rows = 10, 4
    parts = [
        ((left + i * cell, y - deep, low), (left + i * cell + 0.014, y, low + rows * cell))
        for i in range(cols + 1)
    ]
    parts += [
        ((left, y - deep, low + j * cell), (left + cols * cell + 0.014, y, low + j * cell + 0.014))
        for j in range(rows + 1)
    ]
    o.boxes("pigeonholes", parts, mat, 0.002)
    st.block(
        "back",
        (left, y - 0.012, low),
        (left + cols * cell, y, low + rows * cell),
        m.wood("back", (0.14, 0.07, 0.033)),
        0,
    )
    brass, paper = m.brass(), m.surface("paper", (0.78, 0.75, 0.68), 0.7, bump=0)
    tag = m.surface("tag", (0.42, 0.09, 0.06), 0.35, coat=0.4)
    for i in range(cols):
        for j in range(rows):
            x, z = left + (i + 0.5) * cell, low + j * cell
            st.tube(
                "hook", [(x, y - deep, z + 0.19), (x, y - deep - 0.02, z + 0.185)], 0.004, brass
            )
            if random.random() < 0.68:
                st.tube(
                    "key",
                    [(x, y - deep - 0.012, z + 0.185), (x + 0.004, y - deep - 0.012, z + 0.125)],
                    0.0045,
                    brass,
                )
                st.lathe(
                    "tag",
                    (x + 0.005, y - deep - 0.014, z + 0.045),
                    [(0, 0), (0.02, 0.006), (0.022, 0.04), (0.012, 0.075), (0, 0.08)],
                    tag,
                )
            if random.random() < 0.35:
                letter = st.block("letter", (-0.055, 0, 0), (0.055, 0.003, 0.15), paper, 0)
                st.place(letter, (x, y - 0.05, z + 0.015), (-12, random.uniform(-9, 9), 0))


def pendant(x: float, y: float, ceiling: float, drop: float) -> None:
    """A brass dome lamp on a cord."""
    z = ceiling - drop
    st.tube(
        "cord", [(x, y, ceiling), (x, y, z + 0.2)], 0.005, m.surface("cord", (0.02, 0.02, 0.02))
    )
    st.lathe(
        "dome",
        (x, y, z),
        [(0.16, 0), (0.15, 0.05), (0.11, 0.11), (0.045, 0.155), (0.02, 0.2), (0.012, 0.22)],
        m.brass(),
        40,
    )
    st.lathe(
        "inner",
        (x, y, z + 0.002),
        [(0.155, 0), (0.145, 0.05), (0.10, 0.105), (0, 0.14)],
        m.surface("enamel", (0.85, 0.80, 0.70), 0.3),
        40,
    )
    st.lathe(
        "bulb",
        (x, y, z + 0.03),
        [(0, 0), (0.03, 0.015), (0.035, 0.04), (0.015, 0.08)],
        m.glow("bulb", (1, 0.78, 0.5), 22),
    )
    st.lamp((x, y, z - 0.02), 20, radius=0.05)


def shell() -> None:
    """The room: floor, panelled back wall, doorway, window, pictures."""
    wall, oak = m.plaster((0.76, 0.66, 0.50)), m.wood("oak", p.OAK, grain=(14, 14, 1))
    white = m.surface("white", (0.82, 0.79, 0.73), 0.6, bump=0.02)
    floor = m.tiles(
        "floor", (0.42, 0.27, 0.17), (0.6, 0.6), (0.26, 0.19, 0.14), 0.005, 0, 0.14, 0.12
    )
    window, door = st.Opening("w", 2.0, 2.2, 0.1, 2.5), st.Opening("e", 4.3, 0.95, 0, 2.1)
    room = st.Room(7.0, 5.2, 2.95, floor, wall, white, [window, door], skirting=oak)
    room.window(window, m.surface("frame", (0.74, 0.71, 0.65), 0.35), 2, 75)
    drape = m.fabric("drape", (0.22, 0.29, 0.17), 0.2)
    for y in (0.85, 3.15):
        room.curtain("w", (y - 0.25, y + 0.25), (0.01, 2.75), drape, 0.13, 12, 0.04)
    room.curtain(
        "w", (0.95, 3.05), (0.03, 2.75), m.sheer("net", (0.9, 0.88, 0.84), 0.5, 0.4), 0.07, 8, 0.02
    )
    walnut = m.wood("walnut", WALNUT, grain=(14, 14, 1))
    room.block("n", (1.3, 5.8), (0, 0.02), (0, 2.95), m.wood("panel", (0.10, 0.05, 0.024)), 0)
    o.boxes(
        "slats",
        [((x, 5.14, 0), (x + 0.035, 5.18, 2.95)) for x in (1.3 + i * 0.055 for i in range(82))],
        walnut,
        0.003,
    )
    for x in (1.28, 5.8):
        st.block("post", (x - 0.03, 5.08, 0), (x + 0.03, 5.2, 2.95), walnut, 0.005)
    cabinet = st.block("cabinet", (2.2, 4.7, 0), (4.9, 5.16, 0.95), walnut, 0.006)
    st.block("ledge", (2.16, 4.66, 0.95), (4.94, 5.16, 0.985), oak, 0.006)
    cabinet.name = "cabinet"
    key_rack(oak)
    for x in (2.0, 5.1):
        st.lathe(
            "sconce",
            (x, 5.0, 1.75),
            [(0.07, 0), (0.07, 0.28)],
            m.sheer("shade", (0.86, 0.74, 0.54), 0.5),
        )
        st.lamp((x, 5.0, 1.89), 9, radius=0.03)
    o.boxes(
        "casing",
        [((6.95, 3.74 + i * 1.02, 0), (7.02, 3.84 + i * 1.02, 2.2)) for i in (0, 1)]
        + [((6.95, 3.74, 2.1), (7.02, 4.86, 2.2))],
        walnut,
        0.004,
    )
    st.block("leaf", (7.06, 3.84, 0), (7.1, 4.78, 2.1), oak, 0.004)
    st.lathe(
        "clock",
        (0, 0, 0),
        [(0, 0.03), (0.15, 0.03), (0.17, 0.04), (0.18, 0.03), (0.18, 0)],
        m.brass(),
        48,
    )
    st.place(bpy.context.scene.objects["clock"], (6.45, 5.2, 2.05), (90, 0, 0))
    dial = st.lathe(
        "dial", (0, 0, 0), [(0, 0), (0.152, 0)], m.surface("dial", (0.82, 0.79, 0.7), 0.5), 48
    )
    st.place(dial, (6.45, 5.165, 2.05), (90, 0, 0))
    for end in ((6.45, 2.17), (6.53, 2.09)):
        st.tube(
            "hand",
            [(6.45, 5.155, 2.05), (end[0], 5.155, end[1])],
            0.006,
            m.surface("ink", (0.02, 0.02, 0.02)),
        )
    sea = ((0.06, 0.12, 0.16), (0.16, 0.30, 0.36), (0.55, 0.56, 0.47), (0.80, 0.72, 0.56))
    room.picture("n", 0.68, 1.7, (0.75, 0.95), oak, p.painting("sea", sea, 2.2))
    room.picture("e", 2.3, 1.7, (1.0, 0.75), oak, p.painting("sea 2", sea, 3.1))


def guests() -> None:
    """Armchairs, side table, rug, plants and luggage in front of the desk."""
    walnut = m.wood("walnut seat", WALNUT)
    seat = {"wood": walnut, "textile": m.fabric("sage", (0.20, 0.27, 0.15))}
    st.model("KatorLegaz/mid-century-chair", (0.85, 3.2, 0), 35, None, seat)
    st.model("KatorLegaz/mid-century-chair", (6.25, 2.55, 0), -50, None, seat)
    p.round_table(0.75, 2.3, 0.27, 0.5, walnut)
    p.magazines(0.72, 2.3, 0.5)
    p.rug(3.55, 2.1, 90, (1.7, 2.6))
    clay = m.surface("terracotta", o.TERRACOTTA, 0.8, vary=0.15)
    plant = o.greenery(
        st.model(
            "BlendSwap-CC-BY/spatifilum", (6.45, 3.4, 0), 0, (0.9, 0.85, 1.15), {"ceramic": clay}
        ),
        "leaf",
        (0.8, 0.9, 0.6),
    )
    o.copy(plant, (0.55, 4.4, 0), 140, 1.15)
    case = {"coque": m.surface("case", (0.32, 0.12, 0.06), 0.4), "poign|ceint": m.brass()}
    st.model("BlendSwap-CC-BY/suitcase", (4.75, 3.0, 0), 12, (0.55, 0.22, 0.62), case)
    st.model(
        "BlendSwap-CC-BY/suitcase",
        (5.25, 2.9, 0),
        -20,
        (0.45, 0.18, 0.42),
        {"coque": m.surface("case 2", (0.05, 0.06, 0.07), 0.45), "poign|ceint": m.metal()},
    )


def reception() -> st.Shot:
    """The front desk from where a guest comes in."""
    shell()
    walnut = m.wood("walnut desk", WALNUT, grain=(14, 14, 1))
    desk(walnut)
    on_desk()
    guests()
    for x in (2.55, 3.55, 4.55):
        pendant(x, 3.4, 2.95, 0.95)
    p.downlights([(x, y) for x in (1.2, 3.55, 5.9) for y in (1.5, 4.5)], 2.95, 20)
    o.sky(5.0, (58, 0, -62), 0.12, 0.5)
    st.camera((3.1, 0.25, 1.5), -5, 24, -0.035, focus=3.2, fstop=8)
    return st.Shot(exposure=0.75, samples=24)


if __name__ == "__main__":
    st.main({"reception": reception})
