"""Laid tables, chairs and lamps of the sample breakfast room."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable

import bpy
import materials as m
import studio as st
from mathutils import Matrix

OAK = (0.36, 0.215, 0.105)
HEIGHT = 2.9  # of the room


def copies(objects: Iterable[st.Object], at: st.Point, turn: float) -> None:
    """Repeats objects built about the origin at another place, sharing their meshes."""
    spot = Matrix.Translation((at[0], at[1], 0)) @ Matrix.Rotation(math.radians(turn), 4, "Z")
    for obj in objects:
        twin = obj.copy()
        twin.matrix_world = spot @ obj.matrix_world
        bpy.context.collection.objects.link(twin)


def built(make: Callable[..., object], *args: object) -> list[st.Object]:
    """Calls a function and returns the objects it added."""
    before = set(bpy.data.objects)
    make(*args)
    bpy.context.view_layer.update()
    return [o for o in bpy.data.objects if o not in before]


def ring(
    profile: list[tuple[float, float]], x: float, y: float, z: float, mat: st.Material
) -> st.Object:
    """Tableware turned about a vertical axis."""
    return st.lathe("ware", (x, y, z), profile, mat, steps=28)


def cover(
    x: float, y: float, z: float, china: st.Material, steel: st.Material, napkin: st.Material
) -> None:
    """One place setting for a guest sitting at -y."""
    ring(
        [
            (0, 0.004),
            (0.07, 0.004),
            (0.078, 0.008),
            (0.12, 0.02),
            (0.118, 0.023),
            (0.075, 0.012),
            (0, 0.01),
        ],
        x,
        y + 0.02,
        z,
        china,
    )
    cloth = st.pillow("napkin", (0.17, 0.085), napkin, 0.25)
    cloth.scale.z = 0.45
    st.place(cloth, (x, y + 0.02, z + 0.03), (0, 0, random.uniform(82, 98)))
    for name, dx in (("fork", -0.155), ("knife", 0.155)):
        st.model(f"BlendSwap-CC-BY/{name}", (x + dx, y + 0.02, z + 0.008), 0, mats={".": steel})
    cx, cy = x + 0.21, y + 0.19
    ring(
        [(0, 0.003), (0.045, 0.003), (0.075, 0.012), (0.073, 0.015), (0.04, 0.007), (0, 0.007)],
        cx,
        cy,
        z,
        china,
    )
    ring(
        [
            (0, 0.008),
            (0.024, 0.008),
            (0.036, 0.03),
            (0.041, 0.065),
            (0.038, 0.065),
            (0.033, 0.03),
            (0, 0.014),
        ],
        cx,
        cy,
        z,
        china,
    )
    handle = [
        (cx + 0.038 + 0.022 * math.sin(t), cy, z + 0.04 + 0.018 * math.cos(t))
        for t in [i * math.pi / 8 for i in range(9)]
    ]
    st.tube("handle", handle, 0.0035, china)
    st.lathe(
        "tumbler",
        (x - 0.02, y + 0.22, z),
        [(0, 0.006), (0.028, 0.006), (0.034, 0.1), (0.0325, 0.1), (0.027, 0.012), (0, 0.012)],
        m.glass("tumbler"),
        subdiv=0,
    )


def table(cloth_color: st.Color, runner: st.Color) -> None:
    """A table for two to four about the origin, with a tablecloth and breakfast laid."""
    top = st.block(
        "table top", (-0.43, -0.43, 0.72), (0.43, 0.43, 0.75), m.wood("table", OAK), 0.02
    )
    st.block(
        "foot",
        (-0.28, -0.28, 0),
        (0.28, 0.28, 0.03),
        m.metal("iron", (0.05, 0.05, 0.05), 0.5),
        0.01,
    )
    st.block(
        "post", (-0.04, -0.04, 0.03), (0.04, 0.04, 0.72), m.metal("iron", (0.05, 0.05, 0.05), 0.5)
    )
    linen = m.fabric("tablecloth", cloth_color, bump=0.12)
    st.drape(
        "tablecloth",
        (0, 0, 0.765),
        (1.38, 1.38),
        [top],
        linen,
        frames=60,
        cell=0.026,
        thick=0.002,
        stiff=0.4,
    )
    accent = m.fabric("runner", runner, bump=0.3)
    high = st.block("high", (-0.44, -0.44, 0.5), (0.44, 0.44, 0.757), None, 0.02)
    st.drape(
        "runner",
        (0, 0, 0.775),
        (0.84, 0.84),
        [high],
        accent,
        frames=25,
        cell=0.03,
        thick=0.0015,
        stiff=0.6,
        turn=45,
    )
    bpy.data.objects.remove(high)
    china = m.surface("china", (0.84, 0.83, 0.79), rough=0.08, bump=0, vary=0.01, coat=0.5)
    steel, z = m.metal("cutlery", (0.7, 0.69, 0.67), 0.16), 0.763
    napkin = m.fabric("napkin", (0.26, 0.31, 0.21), bump=0.2)
    for turn in (0, 180):
        spot = Matrix.Rotation(math.radians(turn), 4, "Z")
        for obj in built(cover, 0, -0.3, z, china, steel, napkin):
            obj.matrix_world = spot @ obj.matrix_world
    st.model(
        "BlendSwap-CC-BY/tulips",
        (0.02, 0.01, z),
        30,
        (0.21, 0.19, 0.27),
        mats={"glass": m.glass("vase")},
    )
    for dx in (-0.17, -0.22):
        st.model("BlendSwap-CC-BY/saltShaker", (dx, 0.05, z), mats={"white": china, ".": steel})
    ring(
        [(0, 0), (0.035, 0), (0.04, 0.045), (0.037, 0.045), (0.032, 0.01), (0, 0.01)],
        0.17,
        -0.03,
        z,
        china,
    )


def chair() -> None:
    """An upholstered chair with oak legs, about the origin, facing -y."""
    st.model(
        "BlendSwap-CC-BY/ella_chair_f",
        (0, 0, 0),
        0,
        mats={".": m.wood("chair", OAK, grain=(12, 12, 2))},
    )
    cushion = st.pillow("seat", (0.4, 0.38), m.fabric("seat", (0.36, 0.15, 0.075), bump=0.4), 0.6)
    cushion.scale.z = 0.5
    st.place(cushion, (0, -0.03, 0.485))


def pendant(x: float, y: float, z: float = 1.75, watts: float = 16) -> None:
    """A hanging lamp with a brass shade."""
    st.tube(
        "cable", [(x, y, z + 0.2), (x, y, HEIGHT)], 0.004, m.surface("cable", (0.03, 0.03, 0.03))
    )
    st.lathe(
        "shade",
        (x, y, z),
        [(0.15, 0), (0.135, 0.06), (0.09, 0.12), (0.035, 0.16), (0.02, 0.21), (0, 0.21)],
        m.metal("shade", (0.42, 0.30, 0.15), 0.32),
    )
    st.lathe(
        "bulb",
        (x, y, z + 0.05),
        [(0, 0), (0.03, 0.015), (0.035, 0.04), (0.02, 0.08), (0, 0.09)],
        m.glow("bulb", (1, 0.75, 0.45), 25),
    )
    st.lamp((x, y, z + 0.02), watts, (1, 0.76, 0.5), 0.05)
