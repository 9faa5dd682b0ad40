"""Beds, bedside tables and armchairs of the sample bedrooms."""

from __future__ import annotations

import random

import materials as m
import studio as st

OAK = (0.43, 0.27, 0.14)


def bed(
    x: float, y: float, width: float, throw: st.Color, cushion: st.Color, pillows: int = 2
) -> None:
    """Makes a bed whose head end is at (x, y), facing -y."""
    linen = m.fabric("linen", (0.80, 0.785, 0.75), bump=0.12)
    base = m.fabric("base", (0.30, 0.26, 0.21))
    left, right, foot, top = x - width / 2, x + width / 2, y - 2.0, 0.55
    for px in (left + 0.12, right - 0.12):
        for py in (foot + 0.12, y - 0.12):
            st.block(
                "leg", (px - 0.03, py - 0.03, 0), (px + 0.03, py + 0.03, 0.1), m.wood("leg", OAK)
            )
    st.block("base", (left, foot, 0.09), (right, y, 0.33), base, 0.02)
    mattress = st.block("mattress", (left, foot, 0.33), (right, y, top), linen, 0.06)
    st.drape(
        "duvet",
        (x, y - 1.34, top + 0.03),
        (width + 0.62, 1.62),
        [mattress],
        linen,
        frames=50,
        cell=0.034,
        thick=0.022,
        stiff=5.0,
    )
    duvet_top = st.block(
        "duvet top", (left - 0.03, foot - 0.03, 0.3), (right + 0.03, y, top + 0.035), None, 0.06
    )
    st.drape(
        "throw",
        (x + 0.02, foot + 0.38, top + 0.1),
        (width + 0.55, 0.62),
        [duvet_top],
        m.fabric("throw", throw, bump=0.5, scale=120),
        cell=0.03,
        thick=0.008,
        stiff=1.5,
        turn=2,
    )
    duvet_top.hide_render = True
    for row, (lean, off, up) in enumerate(((66, 0.17, 0.23), (42, 0.36, 0.17))):
        for i in range(pillows):
            step = width / pillows
            px = left + step * (i + 0.5) + random.uniform(-0.015, 0.015)
            obj = st.pillow("pillow", (min(0.74, step * 0.92), 0.48), linen, 1.0 - 0.1 * row)
            st.place(
                obj,
                (px, y - off, top + up),
                (lean + random.uniform(-4, 4), 0, random.uniform(-5, 5)),
            )
    obj = st.pillow("cushion", (0.46, 0.34), m.fabric("cushion", cushion, bump=0.5, scale=150), 1.1)
    st.place(obj, (x + 0.03, y - 0.6, top + 0.16), (48, 0, random.uniform(-8, 8)))


def bedside(x: float, y: float, lit: bool, phone: bool = False) -> None:
    """An oak bedside table against the wall y, with a lamp and small things."""
    oak, brass = m.wood("oak bedside", OAK), m.brass()
    st.block("top", (x - 0.22, y - 0.4, 0.47), (x + 0.22, y - 0.01, 0.5), oak)
    st.block("box", (x - 0.21, y - 0.38, 0.28), (x + 0.21, y - 0.02, 0.47), oak)
    st.block("drawer", (x - 0.2, y - 0.395, 0.295), (x + 0.2, y - 0.375, 0.455), oak)
    st.lathe(
        "knob", (x, y - 0.41, 0.365), [(0, 0), (0.014, 0.004), (0.014, 0.02), (0, 0.024)], brass
    )
    for sx in (-0.19, 0.19):
        for sy in (-0.36, -0.05):
            st.block(
                "leg",
                (x + sx - 0.018, y + sy - 0.018, 0),
                (x + sx + 0.018, y + sy + 0.018, 0.28),
                oak,
            )
    glaze = m.surface("glaze", (0.62, 0.60, 0.53), rough=0.22, vary=0.12, scale=40)
    at = (x + 0.02, y - 0.2, 0.5)
    st.lathe(
        "lamp foot",
        at,
        [
            (0, 0),
            (0.06, 0),
            (0.065, 0.01),
            (0.05, 0.03),
            (0.08, 0.1),
            (0.085, 0.15),
            (0.05, 0.22),
            (0.018, 0.25),
            (0.014, 0.3),
            (0, 0.3),
        ],
        glaze,
    )
    shade = m.sheer("shade", (0.90, 0.80, 0.64), 0.55)
    st.lathe("shade", (at[0], at[1], 0.74), [(0.15, 0), (0.105, 0.22)], shade, subdiv=0)
    if lit:
        st.lamp((at[0], at[1], 0.84), 9, radius=0.03)
    if phone:
        st.model("BlendSwap-CC-BY/wirelessOfficePhone3", (x - 0.14, y - 0.3, 0.5), 200)
    else:
        st.lathe(
            "glass",
            (x - 0.12, y - 0.3, 0.501),
            [(0, 0.004), (0.026, 0.004), (0.033, 0.11), (0.031, 0.11), (0.024, 0.01), (0, 0.01)],
            m.glass(),
            subdiv=0,
        )
        for i, color in enumerate(((0.16, 0.22, 0.26), (0.55, 0.45, 0.32))):
            st.place(
                st.block(
                    "book",
                    (-0.06, -0.09, 0),
                    (0.06, 0.09, 0.022),
                    m.surface(f"book{i}", color, rough=0.5),
                ),
                (x + 0.13, y - 0.31, 0.5 + 0.023 * i),
                (0, 0, 12 + 14 * i),
            )


def headboard(x: float, y: float, width: float, color: st.Color, panels: int) -> None:
    """An upholstered headboard of soft panels in an oak frame, against the wall y."""
    cloth = m.fabric("headboard", color, bump=0.4)
    left, step = x - width / 2, width / panels
    for i in range(panels):
        st.block(
            "panel",
            (left + i * step + 0.003, y - 0.08, 0.35),
            (left + (i + 1) * step - 0.003, y - 0.015, 1.08),
            cloth,
            0.025,
        )
    oak = m.wood("oak rail", OAK)
    st.block("rail", (left - 0.03, y - 0.085, 1.085), (left + width + 0.03, y - 0.005, 1.12), oak)
    st.block("back", (left - 0.03, y - 0.02, 0.1), (left + width + 0.03, y - 0.001, 1.1), oak)


def armchair(x: float, y: float, turn: float, color: st.Color) -> None:
    """A small armchair with a cushion."""
    st.model("BlendSwap-CC-BY/fotel", (x, y, 0), turn, mats={".": m.fabric("armchair", color)})
