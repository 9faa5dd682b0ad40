"""Parts of the lobby and the reception: paintings, lamps, small tables, flowers, rugs."""

from __future__ import annotations

import math
import random
import tempfile
from pathlib import Path

import bpy
import materials as m
import studio as st

OAK = (0.36, 0.215, 0.105)


def painting(name: str, colors: tuple[m.Color, ...], scale: float = 2.0) -> bpy.types.Material:
    """An abstract seaside painting: layered strokes of the given colours, dark to light."""
    n = m.Nodes(name)
    at = n.add("Mapping", Vector=n.add("TexCoord").outputs["Object"], Scale=(1, 1, 2.6)).outputs[0]
    noise = n.add("TexNoise", Vector=at, Scale=scale, Detail=7.0, Distortion=1.6).outputs[0]
    stops = [(0.3 + 0.4 * i / (len(colors) - 1), c) for i, c in enumerate(colors)]
    n.set(n.bsdf.inputs["Base Color"], n.ramp(noise, stops))
    n.bsdf.inputs["Roughness"].default_value = 0.6
    n.bump(noise, 0.2, 0.01)
    return n.mat


def downlights(spots: list[tuple[float, float]], height: float, watts: float) -> None:
    """Small recessed spotlights in a ceiling."""
    ring, bulb = m.metal("ring", (0.8, 0.78, 0.74), 0.3), m.glow("bulb", (1, 0.82, 0.6), 14)
    for x, y in spots:
        st.lathe(
            "ring",
            (x, y, height - 0.012),
            [(0.05, 0.012), (0.05, 0), (0.062, 0), (0.062, 0.012)],
            ring,
        )
        st.lathe("bulb", (x, y, height - 0.008), [(0, 0), (0.05, 0)], bulb)
        st.lamp((x, y, height - 0.03), watts, (1, 0.78, 0.54), 0.05, spot=110)


def table_lamp(x: float, y: float, z: float, base: bpy.types.Material, watts: float = 9.0) -> None:
    """A turned base with a linen shade, switched on."""
    st.lathe(
        "base",
        (x, y, z),
        [
            (0, 0),
            (0.08, 0),
            (0.08, 0.02),
            (0.03, 0.04),
            (0.075, 0.13),
            (0.085, 0.19),
            (0.04, 0.28),
            (0.015, 0.31),
            (0.012, 0.4),
        ],
        base,
        subdiv=2,
    )
    st.lathe(
        "shade",
        (x, y, z + 0.36),
        [(0.19, 0), (0.13, 0.24)],
        m.sheer("shade", (0.86, 0.74, 0.54), 0.55),
    )
    st.lamp((x, y, z + 0.46), watts, radius=0.035)


def round_table(x: float, y: float, radius: float, height: float, mat: bpy.types.Material) -> None:
    """A round pedestal table."""
    r, h = radius, height
    st.lathe(
        "table",
        (x, y, 0),
        [
            (0, h),
            (r - 0.01, h),
            (r, h - 0.008),
            (r, h - 0.03),
            (0.05, h - 0.045),
            (0.04, 0.06),
            (r * 0.5, 0.03),
            (r * 0.55, 0),
        ],
        mat,
        48,
    )


def magazines(x: float, y: float, z: float, turn: float = 12.0) -> None:
    """A small fanned pile of magazines."""
    tones = ((0.62, 0.30, 0.16), (0.20, 0.32, 0.36), (0.75, 0.70, 0.58), (0.30, 0.36, 0.22))
    for i in range(3):
        cover = painting(f"cover {i}", (tones[i], tones[i + 1], (0.85, 0.82, 0.76)), 9.0)
        obj = st.block("magazine", (-0.105, -0.14, 0), (0.105, 0.14, 0.006), cover, 0.001)
        st.place(obj, (x + 0.03 * i, y + 0.02 * i, z + 0.007 * i), (0, 0, turn + i * 17))


def bouquet(x: float, y: float, z: float, size: float = 1.0) -> None:
    """White lilies in a glazed vase."""
    flowers = st.model(
        "BlendSwap-CC-BY/white_lily",
        (x, y, z),
        random.uniform(0, 360),
        None,
        {"brown": m.surface("vase", (0.15, 0.22, 0.16), 0.15, coat=0.6), "gold": m.brass()},
    )
    flowers.scale = (size,) * 3


def chandelier(x: float, y: float, ceiling: float, watts: float) -> None:
    """A brass ring of frosted globes on chains."""
    brass, globe = m.brass(), m.glow("globe", (1, 0.78, 0.52), 5.5)
    z, r = ceiling - 0.95, 0.55
    ring = [
        (x + r * math.cos(i * math.pi / 24), y + r * math.sin(i * math.pi / 24), z)
        for i in range(49)
    ]
    st.tube("ring", ring, 0.018, brass)
    st.tube("rod", [(x, y, ceiling), (x, y, z + 0.45)], 0.014, brass)
    st.lathe("rose", (x, y, ceiling - 0.04), [(0.02, 0), (0.09, 0.02), (0.1, 0.04)], brass)
    for i in range(8):
        a = i * math.pi / 4
        at = (x + r * math.cos(a), y + r * math.sin(a))
        st.tube(
            "arm",
            [(x, y, z + 0.46), (x + 0.3 * math.cos(a), y + 0.3 * math.sin(a), z + 0.3), (*at, z)],
            0.009,
            brass,
        )
        st.lathe("cup", (*at, z), [(0.012, -0.03), (0.045, 0.0), (0.05, 0.03)], brass)
        st.lathe(
            "globe",
            (*at, z + 0.1),
            [
                (0.075 * math.sin(t * math.pi / 10), -0.075 * math.cos(t * math.pi / 10))
                for t in range(11)
            ],
            globe,
        )
    st.lamp((x, y, z - 0.1), watts, (1, 0.76, 0.5), 0.3)


def rug(x: float, y: float, turn: float, size: tuple[float, float]) -> None:
    """An oriental rug."""
    obj = st.model("KatorLegaz/oriental-rug", (x, y, 0.004), turn, (*size, 0.014))
    folder = Path(tempfile.gettempdir()) / "stayrank-furniture/katorlegaz/oriental-rug"
    n = m.Nodes("rug")
    weave = n.add("TexNoise", Vector=n.add("TexCoord").outputs["Object"], Scale=160.0).outputs[0]
    image = n.add("TexImage", image=bpy.data.images.load(str(folder / "rug.jpg")))
    n.set(n.bsdf.inputs["Base Color"], image.outputs[0])
    n.bsdf.inputs["Roughness"].default_value, n.bsdf.inputs["Sheen Weight"].default_value = (
        0.95,
        0.2,
    )
    n.bump(weave, 0.5)
    obj.data.materials.clear()
    obj.data.materials.append(n.mat)
