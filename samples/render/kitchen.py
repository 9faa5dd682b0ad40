"""Sample kitchenette of an apartment of the imagined Hotel Miramar."""

from __future__ import annotations

import materials as m
import studio as st
from kitchen_parts import TOP, fridge, hood, oven, sink, units, wall_units

OAK = (0.43, 0.27, 0.14)
SAGE = (0.27, 0.315, 0.225)


def things(x: float, y: float) -> None:
    """What lies on the worktop along the wall y, from x on."""
    black, chrome = m.surface("black", (0.02, 0.02, 0.02), rough=0.35), m.metal()
    st.model(
        "BlendSwap-CC-BY/boiler",
        (0.32, y - 0.25, TOP),
        150,
        mats={"handle": black, ".": m.metal("kettle", (0.66, 0.65, 0.63), 0.15)},
    )
    st.model(
        "Scopia/toaster",
        (0.62, y - 0.22, TOP),
        0,
        mats={
            "body|orange": m.surface("toaster", (0.70, 0.67, 0.58), rough=0.2, bump=0, coat=0.4),
            "chrome|controls": chrome,
            "plastic$": black,
        },
    )
    st.model("BlendSwap-CC-BY/choppingBoard", (x + 0.42, y - 0.1, TOP), 0)
    oak = m.wood("board", (0.50, 0.31, 0.15), grain=(14, 2, 2))
    st.place(
        st.block("board", (-0.13, -0.01, 0), (0.13, 0.01, 0.36), oak, 0.006),
        (x + 0.05, y - 0.07, TOP + 0.002),
        (10, 0, 0),
    )
    st.model("BlendSwap-CC-0/bread", (x + 0.42, y - 0.12, TOP + 0.04), 20)
    st.model(
        "BlendSwap-CC-BY/coffeePress",
        (0.95, y - 0.2, TOP),
        140,
        mats={"black": black, "metal": chrome, "glass": m.glass("press")},
    )
    st.model("BlendSwap-CC-BY/utensilsPot", (x + 0.2, y - 0.15, TOP), 0)
    for i in range(3):
        st.lathe(
            "jar",
            (x - 0.62 + 0.1 * i, y - 0.09, TOP),
            [
                (0, 0),
                (0.04, 0),
                (0.042, 0.01),
                (0.042, 0.13 - 0.02 * i),
                (0.03, 0.14 - 0.02 * i),
                (0, 0.145 - 0.02 * i),
            ],
            m.surface(
                f"jar {i}",
                ((0.72, 0.68, 0.60), (0.40, 0.15, 0.07), SAGE)[i],
                rough=0.2,
                coat=0.4,
                bump=0,
            ),
        )
    china = m.surface("china", (0.84, 0.83, 0.79), rough=0.08, bump=0, coat=0.5)
    for i in range(4):
        st.lathe(
            "bowl",
            (0.28, 1.05, TOP + 0.02 * i),
            [(0, 0), (0.04, 0), (0.075, 0.045), (0.072, 0.045), (0.035, 0.006), (0, 0.006)],
            china,
        )
    for dx, dy in ((0.2, 1.28), (0.3, 1.25)):
        st.lathe(
            "mug",
            (dx, dy, TOP),
            [
                (0, 0),
                (0.037, 0),
                (0.04, 0.01),
                (0.04, 0.09),
                (0.037, 0.09),
                (0.036, 0.01),
                (0, 0.01),
            ],
            china,
        )
    st.lathe(
        "soap",
        (0.1, 2.32, TOP),
        [(0, 0), (0.03, 0), (0.032, 0.01), (0.032, 0.12), (0.012, 0.14), (0.01, 0.17), (0, 0.17)],
        m.surface("soap", (0.32, 0.14, 0.04), rough=0.15, coat=0.4, bump=0),
    )


def rail(room: st.Room, side: str, low: float, high: float) -> None:
    """A rail with hooks, kitchen tools and a cloth below the wall units."""
    steel, up = m.metal(), 1.36
    st.tube(
        "rail",
        [room.at(side, a, d, up) for a, d in ((low, 0), (low, 0.04), (high, 0.04), (high, 0))],
        0.006,
        steel,
    )
    for i, along in enumerate((low + 0.12, low + 0.24, low + 0.36)):
        st.tube(
            "tool",
            [room.at(side, along, 0.045, up), room.at(side, along, 0.045, up - 0.2)],
            0.005,
            steel,
        )
        x, y, z = room.at(side, along, 0.045, up - 0.23)
        st.place(
            st.lathe(
                "head",
                (0, 0, 0),
                [(0, 0), (0.02 + 0.006 * i, 0.004), (0.03, 0.02), (0, 0.02)],
                steel,
            ),
            (x, y, z),
            (90, 0, 0),
        )
    room.curtain(
        side,
        (high - 0.24, high - 0.1),
        (up - 0.3, up),
        m.fabric("cloth", (0.42, 0.16, 0.08)),
        off=0.05,
        folds=7,
        deep=0.008,
    )


def bistro(x: float, y: float) -> None:
    """A small round table with a chair, a bowl of fruit and a cup."""
    oak = m.wood("bistro", OAK)
    st.lathe(
        "top",
        (x, y, 0.72),
        [(0, 0), (0.35, 0), (0.36, 0.012), (0.36, 0.02), (0.35, 0.03), (0, 0.03)],
        oak,
        steps=48,
    )
    iron = m.metal("iron", (0.05, 0.05, 0.05), 0.45)
    st.lathe(
        "foot", (x, y, 0), [(0.2, 0), (0.2, 0.012), (0.03, 0.04), (0.025, 0.4), (0.03, 0.72)], iron
    )
    st.model("Scopia/bowlWithFruits", (x + 0.03, y + 0.08, 0.75), 40, (0.28, 0.28, 0.13))
    st.model(
        "BlendSwap-CC-BY/ella_chair_f",
        (x + 0.12, y + 0.52, 0),
        -8,
        mats={".": m.wood("chair", OAK, grain=(12, 12, 2))},
    )


def apartment() -> st.Shot:
    """An L-shaped kitchenette: sink below the window, hob on the end wall, fridge at right."""
    hole = st.Opening("w", 1.85, 1.35, 1.12, 1.05)
    white = m.surface("white wood", (0.78, 0.76, 0.71), rough=0.35, bump=0.02)
    floor = m.tiles(
        "kitchen floor",
        (0.42, 0.20, 0.11),
        (0.3, 0.3),
        grout=(0.45, 0.40, 0.33),
        gap=0.005,
        rough=0.28,
        vary=0.16,
    )
    room = st.Room(
        3.3, 3.2, 2.5, floor, m.plaster((0.80, 0.765, 0.69)), m.plaster((0.82, 0.81, 0.78)), [hole]
    )
    splash = m.tiles(
        "splash",
        (0.77, 0.755, 0.71),
        (0.2, 0.075),
        grout=(0.60, 0.57, 0.52),
        gap=0.003,
        offset=0.5,
        rough=0.1,
        vary=0.05,
    )
    room.block("n", (0, 2.6), (0, 0.008), (TOP, 1.46), splash, 0)
    room.block("w", (0.8, 3.2), (0, 0.008), (TOP, 1.12), splash, 0)
    room.window(hole, white, light=75, sill=white)
    st.block("outside", (-2.5, -3, -1), (-2.6, 8, 5), m.backdrop(2.5, 1.5), 0)
    room.curtain(
        "w",
        (1.2, 2.5),
        (1.82, 2.16),
        m.sheer("cafe", (0.86, 0.84, 0.78), 0.5, 0.2),
        off=0.03,
        folds=8,
        deep=0.02,
    )
    paint = m.surface("sage paint", SAGE, rough=0.38, vary=0.02, bump=0.02, scale=80)
    top = m.wood("worktop", (0.44, 0.27, 0.13), grain=(2, 9, 9), coat=0.25)
    units(room, "w", 0.8, [0.6, 0.6, 0.6], paint, {0}, set())
    units(room, "n", 0.6, [0.6, 0.6, 0.8], paint, set(), {1})
    sink(
        room,
        "w",
        1.85,
        m.wood("worktop w", (0.44, 0.27, 0.13), grain=(9, 2, 9), coat=0.25),
        (0.8, 2.6),
    )
    room.block("n", (0, 2.6), (0, 0.6), (TOP - 0.03, TOP), top, 0.003)
    oven(room, "n", 1.5)
    hood(room, "n", 1.5)
    wall_units(room, "n", 0.04, [0.55, 0.58], paint)
    wall_units(room, "n", 1.83, [0.4, 0.37], paint)
    fridge(room, "n", 2.93)
    things(1.9, 3.2)
    st.model(
        "BlendSwap-CC-BY/largePan",
        (1.36, 2.78, TOP + 0.006),
        35,
        (0.27, 0.21, 0.2),
        mats={
            "handle|black": m.surface("black", (0.02, 0.02, 0.02), rough=0.35),
            ".": m.metal("pan", (0.66, 0.65, 0.63), 0.18),
        },
    )
    st.model("BlendSwap-CC-BY/succulentPlant", (0.04, 1.5, 1.12), 0)
    bistro(2.62, 1.22)
    rail(room, "n", 0.2, 1.05)
    for along in (0.75, 2.2):
        room.socket("n", along, 1.2)
    st.daylight(sun=2.0, turn=(60, 0, -60), sky=0.8, color=(0.76, 0.87, 1.0))
    st.lamp((1.9, 1.3, 2.42), 30, (1, 0.84, 0.66), 0.15)
    st.camera((2.55, 0.12, 1.42), 20, 20, rise=-0.07)
    return st.Shot(exposure=0.4, look="AgX - High Contrast", samples=16)


if __name__ == "__main__":
    st.main({"apartment-kitchen": apartment})
