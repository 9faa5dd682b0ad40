"""Parts of the pool: its tiles and water, sun loungers and parasols."""

from __future__ import annotations

import math
import random

import bpy
import materials as m
import numpy as np
import outdoors as o
import studio as st

WEST, EAST, SOUTH, NORTH, DEEP = -6.5, 6.5, -15.5, -9.0, 1.5  # the basin


def mosaic() -> bpy.types.Material:
    """Pool tiles with the bright net that ripples draw on them."""
    mat = m.tiles(
        "mosaic", (0.26, 0.70, 0.88), (0.10, 0.10), (0.60, 0.82, 0.90), 0.006, 0, 0.3, 0.16
    )
    tree = mat.node_tree
    base = tree.nodes["Principled BSDF"].inputs["Base Color"]
    source = base.links[0].from_socket
    at, warp, cells, ramp, mix = (
        tree.nodes.new("ShaderNode" + k)
        for k in ("TexCoord", "TexNoise", "TexVoronoi", "ValToRGB", "Mix")
    )
    warp.inputs["Scale"].default_value = 1.3
    add = tree.nodes.new("ShaderNodeVectorMath")
    cells.feature, cells.inputs["Scale"].default_value = "SMOOTH_F1", 3.6
    cells.inputs["Smoothness"].default_value = 0.35
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[0].color = (
        0.45,
        (0.92,) * 3 + (1,),
    )
    ramp.color_ramp.elements[1].position, ramp.color_ramp.elements[1].color = (
        0.85,
        (1.7,) * 3 + (1,),
    )
    mix.data_type, mix.blend_type = "RGBA", "MULTIPLY"
    mix.inputs["Factor"].default_value = 1.0
    for a, b in (
        (at.outputs["Object"], warp.inputs["Vector"]),
        (warp.outputs[1], add.inputs[0]),
        (at.outputs["Object"], add.inputs[1]),
        (add.outputs[0], cells.inputs["Vector"]),
        (cells.outputs[0], ramp.inputs[0]),
        (source, mix.inputs[6]),
        (ramp.outputs[0], mix.inputs[7]),
        (mix.outputs[2], base),
    ):
        tree.links.new(a, b)
    bsdf = tree.nodes["Principled BSDF"]  # light scattered by the water
    tree.links.new(mix.outputs[2], bsdf.inputs["Emission Color"])
    bsdf.inputs["Emission Strength"].default_value = 0.12
    return mat


def water() -> None:
    """A rippled water surface; light and shadows fall through it, tinted by depth."""
    n = m.Nodes("water")
    glass = n.add("BsdfGlass", Color=(0.84, 0.97, 1.0), Roughness=0.0, IOR=1.33)
    clear = n.add("BsdfTransparent", Color=(0.80, 0.95, 0.98))
    mix = n.add("MixShader", Fac=n.add("LightPath").outputs["Is Shadow Ray"])
    n.set(mix.inputs[1], glass.outputs[0])
    n.set(mix.inputs[2], clear.outputs[0])
    n.set(n.out.inputs["Surface"], mix.outputs[0])
    dice = np.random.default_rng(3)
    waves = [(dice.uniform(0, 6.28), 1.2 * 1.32**i, dice.uniform(0, 6.28)) for i in range(11)]

    def at(u: float, v: float) -> o.Point:
        x, y = WEST + (EAST - WEST) * u, SOUTH + (NORTH - SOUTH) * v
        z = sum(
            0.0075
            / k**0.9
            * math.sin(k * (x * math.cos(a) + y * math.sin(a)) + p + 0.8 * math.sin(0.7 * x + a))
            for a, k, p in waves
        )
        return x, y, -0.13 + z

    st.mesh("water", *st.grid(420, 210, at), n.mat)


def parasol(x: float, y: float, height: float = 2.5, radius: float = 1.45) -> None:
    """A square-cut cloth parasol on an oak pole."""
    cloth = m.sheer("parasol", (0.82, 0.74, 0.58), 0.25)
    top = height + 0.42

    def roof(u: float, v: float) -> o.Point:
        a = u * 2 * math.pi
        rim = math.cos(math.pi / 8) / math.cos((a % (math.pi / 4)) - math.pi / 8)
        sag = 0.05 * math.sin(math.pi * v) + 0.03 * v * (1 - rim) * 8
        return (
            x + radius * v * rim * math.cos(a),
            y + radius * v * rim * math.sin(a),
            top - 0.42 * v - sag,
        )

    st.mesh("parasol", *st.grid(96, 10, roof), cloth)
    st.mesh(
        "valance", *st.grid(96, 2, lambda u, v: (*roof(u, 1)[:2], roof(u, 1)[2] - 0.16 * v)), cloth
    )
    oak = m.wood("pole", (0.34, 0.20, 0.09), grain=(14, 14, 1))
    st.tube("pole", [(x, y, 0.05), (x, y, top + 0.06)], 0.024, oak)
    for i in range(8):
        a = i * math.pi / 4
        st.tube(
            "rib",
            [
                (x, y, top - 0.02),
                (x + radius * 0.97 * math.cos(a), y + radius * 0.97 * math.sin(a), height - 0.02),
            ],
            0.008,
            oak,
        )
    st.lathe(
        "base",
        (x, y, 0),
        [(0, 0.09), (0.06, 0.09), (0.24, 0.06), (0.26, 0)],
        m.surface("base", (0.45, 0.42, 0.37), 0.8),
    )


def loungers() -> None:
    """Rows of sun loungers with mattresses, towels, little tables and parasols."""
    oak = m.wood("teak", (0.30, 0.16, 0.07), grain=(14, 1, 14))
    pad = m.fabric("pad", (0.72, 0.68, 0.58), 0.2, 90.0)
    sage = m.fabric("sage", (0.20, 0.30, 0.17), 0.3, 120.0)
    terra = m.fabric("terra", (0.50, 0.17, 0.08), 0.3, 120.0)

    def bed(x: float, y: float, side: int, towel: bpy.types.Material | None) -> None:
        foot, knee, head = y, y + side * 1.25, y + side * 1.85
        o.boxes(
            "frame",
            [
                ((x - 0.33, foot, 0.24), (x - 0.28, head, 0.32)),
                ((x + 0.28, foot, 0.24), (x + 0.33, head, 0.32)),
            ]
            + [
                (
                    (x - 0.3, foot + side * 0.08 * i, 0.29),
                    (x + 0.3, foot + side * (0.08 * i + 0.06), 0.315),
                )
                for i in range(16)
            ]
            + [
                ((x + a - 0.03, y + side * b - 0.03, 0), (x + a + 0.03, y + side * b + 0.03, 0.26))
                for a in (-0.3, 0.3)
                for b in (0.15, 1.7)
            ],
            oak,
            0.006,
        )

        def cushion(u: float, v: float, lift: float = 0.0, wide: float = 0.31) -> o.Point:
            run = v * 1.9
            flat = min(run, 1.25)
            up = max(0.0, run - 1.25)
            dent = 0.012 * math.sin(run * 11) + 0.03 * (abs(2 * u - 1) ** 8)
            return (
                x + (2 * u - 1) * wide,
                foot + side * (flat + up * 0.74),
                0.40 + up * 0.67 - dent + lift,
            )

        def cloth(u: float, v: float) -> o.Point:
            across, along, up = cushion(u, 0.08 + v * 0.85, 0.022, 0.27)
            wave = 0.008 * math.sin(u * 19 + v * 9)
            return across + 0.02 * math.sin(v * 7), along, up + wave

        body = st.mesh("pad", *st.grid(24, 60, cushion), pad)
        solid = body.modifiers.new("solid", "SOLIDIFY")
        solid.thickness, solid.offset = 0.075, -1.0 if side > 0 else 1.0
        if towel:
            st.mesh("towel", *st.grid(30, 60, cloth), towel)
        st.tube(
            "prop",
            [(x - 0.28, knee + side * 0.35, 0.3), (x - 0.28, head - side * 0.2, 0.66)],
            0.012,
            oak,
        )

    for i, x in enumerate((-6.0, -4.9, -2.6, -1.5, 0.8, 1.9)):
        bed(
            x + random.uniform(-0.08, 0.08),
            NORTH + 1.3,
            1,
            (sage, None, terra, None, None, sage)[i],
        )
    for x in (-5.45, -2.05, 1.35):
        parasol(x, NORTH + 2.7)
        st.lathe(
            "table",
            (x, NORTH + 1.9, 0),
            [(0, 0.4), (0.22, 0.4), (0.22, 0.37), (0.03, 0.36), (0.03, 0.02), (0.16, 0)],
            oak,
        )
    for i, x in enumerate((8.2, 9.4)):
        bed(x, SOUTH + 3.0, 1, (terra, None)[i])
    parasol(8.8, SOUTH + 4.6)
    st.lathe(
        "bottle",
        (-5.4, NORTH + 1.9, 0.4),
        [(0.035, 0), (0.035, 0.15), (0.013, 0.2), (0.013, 0.25)],
        m.glass("bottle", (0.6, 0.8, 0.6)),
    )
