"""Renders of the hotel from outside: by day and at dusk."""

from __future__ import annotations

import math

import bpy
import materials as m
import outdoors as o
import studio as st
from hotel_parts import Hotel


def street() -> None:
    """Ground, road, kerb, flower beds and neighbours."""
    st.block(
        "earth", (-90, -60, -1), (90, 120, -0.16), m.surface("earth", (0.16, 0.15, 0.08), 0.9), 0
    )
    paving = m.tiles(
        "paving", (0.46, 0.40, 0.33), (0.5, 0.33), (0.22, 0.19, 0.16), 0.008, 0.5, 0.75, 0.14
    )
    st.block("forecourt", (-30, -10.5, -0.3), (30, 3, 0), paving, 0)
    kerb = m.surface("kerb", (0.42, 0.41, 0.39), 0.8, vary=0.1, bump=0.3)
    o.boxes(
        "kerb", [((x, -10.7, -0.3), (x + 0.98, -10.5, 0.01)) for x in range(-30, 30)], kerb, 0.015
    )
    road = m.surface("asphalt", (0.085, 0.085, 0.088), 0.85, vary=0.12, bump=0.9, scale=160.0)
    st.block("road", (-60, -30, -0.3), (60, -10.7, -0.13), road, 0)
    soil = m.surface("soil", (0.05, 0.035, 0.022), 0.95, bump=0.8)
    green, bright = o.leaf("box", (0.06, 0.13, 0.03)), o.leaf("shrub", (0.12, 0.2, 0.04))
    pink = o.leaf("pink", (0.75, 0.16, 0.3), 0.3)
    for side in (-1, 1):
        st.block("bed", (side * 1.9, -1.6, 0), (side * 10.4, -0.05, 0.06), soil, 0.01)
        o.boxes("edging", [((side * 1.8, -1.72, 0), (side * 10.5, -1.6, 0.14))], kerb, 0.01)
        o.hedge(
            (min(side * 2.1, side * 10.3), -1.5, 0.02),
            (max(side * 2.1, side * 10.3), -1.05, 0.55),
            green,
            0.045,
        )
        for i in range(5):
            x = side * (2.9 + i * 1.75)
            o.ball((x, -0.6, 0.55), 0.45, bright, 0.07)
            o.ball((x + 0.2, -0.75, 0.75), 0.3, pink, 0.045)


def planting() -> None:
    """Trees and palms in front of, beside and behind the hotel."""
    maple = o.greenery(
        st.model("Scopia/sycamoreMaple", (-15.5, -4.5, 0), 30, (9, 9.5, 10.5)),
        "twig",
        (0.55, 0.8, 0.22),
    )
    o.copy(maple, (17, -3, 0), 140, 0.85)
    o.copy(maple, (-15.5, -13.5, 0), 250, 0.95)
    palm = o.greenery(
        st.model("Scopia/coconutTree", (4.6, -4.6, 0), 0, (4.4, 4.5, 6.2)),
        "leaves",
        (0.75, 0.9, 0.5),
    )
    o.copy(palm, (9.3, -6.2, 0), 100, 0.85)
    rows = [
        (-44 + 4.5 * i + i * 37 % 4, 8 + i * 53 % 9 - 0.35 * max(0, i - 10), 0.8 + i * 29 % 7 / 14)
        for i in range(24)
    ]
    o.trees([r for r in rows if abs(r[0]) > 13.5], 7.0, o.leaf("tree", (0.075, 0.13, 0.03)))
    wall = o.leaf("far hedge", (0.06, 0.11, 0.025))
    o.hedge((-46, 6.5, -0.2), (-11.5, 7.3, 1.7), wall, 0.13)
    o.hedge((11.5, 5.0, -0.2), (52, 5.8, 1.7), wall, 0.13)
    cypress = o.greenery(
        st.model("Scopia/cypress", (11.9, 0.6, 0), 0, (1.4, 1.4, 6.5)), "leaves", (0.6, 0.8, 0.45)
    )
    o.copy(cypress, (13.4, 1.2, 0), 80, 0.85)
    o.copy(cypress, (-11.9, 1, 0), 40, 0.9)


def kerbside() -> None:
    """Planters, a bench and a bicycle stand along the kerb."""
    clay = m.surface("terracotta", o.TERRACOTTA, 0.8, vary=0.15)
    green, pink = o.leaf("shrub", (0.10, 0.18, 0.04)), o.leaf("pink", (0.75, 0.16, 0.3), 0.3)
    for x in (-9.6, -2.2, 2.4, 10.5):
        st.block("planter", (x - 0.75, -9.9, 0), (x + 0.75, -9.4, 0.48), clay, 0.02)
        for i in range(5):
            o.ball((x - 0.6 + i * 0.3, -9.65, 0.55), 0.3, green, 0.055, 0.9)
            o.ball((x - 0.55 + i * 0.28, -9.75, 0.72), 0.17, pink, 0.035)
    slats = m.wood("slats", (0.28, 0.16, 0.07))
    o.boxes(
        "bench",
        [((5.6, -9.5 + i * 0.13, 0.44), (7.3, -9.4 + i * 0.13, 0.48)) for i in range(4)]
        + [((5.6, -9.02, 0.55 + i * 0.14), (7.3, -8.98, 0.65 + i * 0.14)) for i in range(3)],
        slats,
        0.01,
    )
    o.boxes(
        "legs",
        [((x, -9.45, 0), (x + 0.06, -8.98, 0.44)) for x in (5.75, 7.1)],
        m.surface("iron", (0.02, 0.02, 0.02), 0.4, metal=0.4),
    )


def entrance(lit: bool) -> None:
    """Canopy, sign, lanterns, potted box trees, door mat, lamp posts and a café table."""
    cloth = m.fabric("awning", (0.16, 0.25, 0.15), 0.15, 120.0)
    st.mesh(
        "awning",
        *st.grid(
            60,
            10,
            lambda u, v: (
                -1.7 + 3.4 * u,
                -1.9 * v,
                3.3
                - 0.55 * v
                - 0.05 * math.sin(math.pi * v)
                - 0.02 * math.cos(u * 8 * math.pi) * v,
            ),
        ),
        cloth,
    )
    st.mesh(
        "valance",
        *st.grid(
            90,
            3,
            lambda u, v: (
                -1.7 + 3.4 * u,
                -1.9,
                2.76 - v * (0.2 + 0.05 * abs(math.sin(u * 11 * math.pi))),
            ),
        ),
        cloth,
    )
    black = m.surface("iron", (0.02, 0.02, 0.02), 0.4, metal=0.4)
    for x in (-1.62, 1.62):
        st.tube("post", [(x, -1.82, 0), (x, -1.82, 2.76), (x, 0, 3.28)], 0.025, black)
    text = bpy.data.curves.new("sign", "FONT")
    text.body, text.size, text.extrude, text.align_x = "HOTEL MIRAMAR", 0.46, 0.025, "CENTER"
    text.bevel_depth, text.space_character = 0.004, 1.25
    sign = bpy.data.objects.new("sign", text)
    bpy.context.collection.objects.link(sign)
    text.materials.append(m.surface("letters", (0.09, 0.055, 0.03), 0.4, metal=0.7))
    st.place(sign, (0, -0.05, 3.72), (90, 0, 0))
    st.block(
        "mat", (-0.9, -1.2, 0), (0.9, -0.3, 0.015), m.fabric("mat", (0.06, 0.04, 0.025)), 0.004
    )
    clay = m.surface("terracotta", o.TERRACOTTA, 0.8, vary=0.15)
    for x in (-1.35, 1.35):
        o.pot((x, -0.75, 0), 0.27, 0.5, clay)
        st.tube(
            "stem", [(x, -0.75, 0.45), (x, -0.75, 1.0)], 0.025, m.wood("bark", (0.12, 0.08, 0.05))
        )
        o.ball((x, -0.75, 1.25), 0.36, o.leaf("topiary", (0.07, 0.15, 0.035)), 0.045)
        st.model(
            "KatorLegaz/porch-light",
            (x * 0.98, -0.1, 2.25),
            180,
            (0.2, 0.22, 0.42),
            {"glass": m.glow("bulb", (1, 0.7, 0.4), 12 if lit else 0.4), "paint": black},
        )
        if lit:
            st.lamp((x, -0.4, 2.4), 40)
            st.lamp((x * 0.3, -0.8, 2.6), 50)
    lamp = {"Black": black, "Glass": m.glow("globe", (1, 0.75, 0.45), 14 if lit else 0.3)}
    for x in (-11.2, 7.4):
        st.model("KatorLegaz/classic-lamppost", (x, -8.9, 0), 0, (0.34, 0.34, 3.1), lamp)
        if lit:
            st.lamp((x, -8.9, 2.85), 140, radius=0.12)
    seat = {"green": m.surface("slats", (0.30, 0.36, 0.24), 0.4), "alum": black, "black": black}
    st.model("KatorLegaz/cafe-table", (-4.6, -3.4, 0), 0, None, seat)
    for at, turn in (((-5.3, -3.5, 0), 80), ((-3.95, -3.1, 0), -65), ((-4.5, -4.15, 0), 170)):
        st.model("KatorLegaz/cafe-chair", at, turn, None, seat)


def facade() -> st.Shot:
    """The hotel from the other side of the street in the morning sun."""
    street()
    kerbside()
    planting()
    Hotel().build()
    entrance(False)
    o.sky(6.0, (48, 0, -48), 0.12, 0.7)
    st.camera((-8.4, -14.2, 1.6), -25, 22, 0.165, focus=17, fstop=11)
    return st.Shot(exposure=-0.25, samples=28)


def evening() -> st.Shot:
    """The hotel at dusk, with lit windows."""
    street()
    kerbside()
    planting()
    Hotel(light=3.0).build()
    entrance(True)
    for x in (-8.9, -5.9, -2.8, 2.8, 5.9, 8.9):
        st.lamp((x, -0.95, 0.75), 70, (1, 0.66, 0.36), 0.15)
    st.daylight(0, (87, 0, 60), 0.09)
    st.camera((5.2, -16.6, 1.6), 12, 23, 0.16, focus=17, fstop=8)
    return st.Shot(exposure=0.5, samples=20)


if __name__ == "__main__":
    st.main({"facade": facade, "facade-evening": evening})
