"""Outdoor blocks of the sample renders: sky, vegetation, pots and copies of objects."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable

import bpy
import materials as m
import numpy as np
import studio as st
from materials import Color, Point
from shapes import Material, Object

SAGE: Color = (0.17, 0.235, 0.16)
CREAM: Color = (0.80, 0.69, 0.52)
TERRACOTTA: Color = (0.52, 0.20, 0.10)
Box = tuple[Point, Point]


# --- sky and ground ---------------------------------------------------------------------------


def sky(sun: float, turn: Point, strength: float, clouds: float = 0.5) -> None:
    """Sets a clear sky with thin clouds and a sun.

    Args:
        sun: Strength of the sun lamp.
        turn: Its rotation in degrees.
        strength: Strength of the sky.
        clouds: How much of the sky is clouded, 0..1.
    """
    st.daylight(sun, turn, strength)
    tree = bpy.context.scene.world.node_tree
    new, link = tree.nodes.new, tree.links.new
    at, parts, flat = (new("ShaderNode" + k) for k in ("TexCoord", "SeparateXYZ", "CombineXYZ"))
    link(at.outputs["Generated"], parts.inputs[0])
    low = new("ShaderNodeMath")
    low.operation, low.inputs[1].default_value = "MAXIMUM", 0.06
    link(parts.outputs["Z"], low.inputs[0])
    for axis in "XY":  # seen from below, a flat layer of clouds
        ratio = new("ShaderNodeMath")
        ratio.operation = "DIVIDE"
        link(parts.outputs[axis], ratio.inputs[0])
        link(low.outputs[0], ratio.inputs[1])
        link(ratio.outputs[0], flat.inputs[axis])
    noise, ramp, mix = (new("ShaderNode" + k) for k in ("TexNoise", "ValToRGB", "Mix"))
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = 0.85, 9.0
    noise.inputs["Roughness"].default_value, noise.inputs["Distortion"].default_value = 0.58, 0.35
    ramp.color_ramp.elements[0].position = 0.66 - 0.25 * clouds
    ramp.color_ramp.elements[1].position = 0.92 - 0.2 * clouds
    link(flat.outputs[0], noise.inputs["Vector"])
    link(noise.outputs[0], ramp.inputs[0])
    back, blue = tree.nodes["Background"], tree.nodes["Sky Texture"]
    bright = new("ShaderNodeVectorMath")
    bright.operation, bright.inputs[1].default_value = "ADD", (6.0, 5.9, 5.8)
    mix.data_type = "RGBA"
    link(blue.outputs[0], bright.inputs[0])
    link(ramp.outputs[0], mix.inputs["Factor"])
    link(blue.outputs[0], mix.inputs[6])
    link(bright.outputs[0], mix.inputs[7])
    deep = new("ShaderNodeHueSaturation")
    deep.inputs["Saturation"].default_value = 1.25
    link(mix.outputs[2], deep.inputs["Color"])
    link(deep.outputs[0], back.inputs["Color"])


def boxes(name: str, parts: Iterable[Box], mat: Material, bevel: float = 0.0) -> Object:
    """Makes one object of many boxes, each given by two corners."""
    verts: list[Point] = []
    for low, high in parts:
        (x0, x1), (y0, y1), (z0, z1) = (sorted(p) for p in zip(low, high, strict=True))
        verts += [(x, y, z) for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)]
    shape = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    faces = [[8 * i + v for v in face] for i in range(len(verts) // 8) for face in shape]
    obj = st.mesh(name, verts, faces, mat, smooth=False)
    if bevel:
        mod = obj.modifiers.new("bevel", "BEVEL")
        mod.width, mod.segments = bevel, 2
    return obj


def copy(obj: Object, at: Point, turn: float = 0.0, scale: float = 1.0) -> Object:
    """Places another instance of an object."""
    twin = obj.copy()
    bpy.context.collection.objects.link(twin)
    twin.scale = (scale, scale, scale)
    return st.place(twin, at, (0, 0, turn))


# --- vegetation -------------------------------------------------------------------------------


def leaf(
    name: str, color: Color, vary: float = 0.35, image: bpy.types.Image | None = None
) -> Material:
    """Leaves light shines through; every leaf has its own shade."""
    n = m.Nodes(name)
    own = n.add("NewGeometry").outputs["Random Per Island"]
    tone = n.ramp(own, m.shades(color, vary))
    if image:
        mix = n.add("Mix", data_type="RGBA", blend_type="MULTIPLY", Factor=1.0)
        n.set(mix.inputs[6], n.add("TexImage", image=image).outputs[0])
        n.set(mix.inputs[7], tone)
        tone = mix.outputs[2]
    n.set(n.bsdf.inputs["Base Color"], tone)
    n.bsdf.inputs["Roughness"].default_value = 0.45
    n.bsdf.inputs["Specular IOR Level"].default_value = 0.35
    both = n.add("MixShader", Fac=0.3)
    n.set(both.inputs[1], n.bsdf.outputs[0])
    n.set(both.inputs[2], n.add("BsdfTranslucent", Color=tone).outputs[0])
    n.set(n.out.inputs["Surface"], both.outputs[0])
    return n.mat


def greenery(obj: Object, pattern: str, tint: Color = (0.8, 0.85, 0.6)) -> Object:
    """Gives the leaves of a catalogue plant (materials named like pattern) a leaf material."""
    for slot in obj.material_slots:
        if slot.material and pattern.lower() in slot.material.name.lower():
            nodes = slot.material.node_tree.nodes
            image = next((x.image for x in nodes if x.type == "TEX_IMAGE"), None)
            slot.material = leaf("leaf", tint, 0.2, image)
    return obj


def scatter(name: str, points: np.ndarray, size: float, mat: Material) -> Object:
    """Grows one small folded leaf at every point, turned at random."""
    dice = np.random.default_rng(len(points))
    along = dice.normal(size=points.shape)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.cross(along, dice.normal(size=points.shape))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    length = (size * dice.uniform(0.6, 1.3, len(points)))[:, None]
    up = np.cross(along, across) * length * 0.12
    corners = [
        points,
        points + along * length * 0.5 + across * length * 0.3 + up,
        points + along * length,
        points + along * length * 0.5 - across * length * 0.3 + up,
    ]
    verts = np.stack(corners, 1).reshape(-1, 3)
    faces = np.arange(len(verts)).reshape(-1, 4)
    return st.mesh(name, verts.tolist(), faces.tolist(), mat)


def hedge(low: Point, high: Point, mat: Material, size: float = 0.05, dense: float = 1.0) -> None:
    """A clipped hedge filling a box: a dark core under a skin of leaves."""
    lo, hi = np.array(low, float), np.array(high, float)
    span = hi - lo
    area = 2 * (span[0] * span[1] + span[0] * span[2] + span[1] * span[2])
    count = int(area / size**2 * 2.2 * dense)
    dice = np.random.default_rng(int(area * 100))
    points = dice.uniform(0, 1, (count, 3))
    axis = dice.choice(3, count, p=(1 / span) / (1 / span).sum())
    points[np.arange(count), axis] = dice.integers(0, 2, count)
    points = lo + points * span
    wave = 0.04 * np.sin(points[:, [1, 2, 0]] * 5.1) + 0.03 * np.sin(points[:, [2, 0, 1]] * 11.7)
    scatter("hedge", points + wave + dice.normal(0, 0.025, points.shape), size, mat)
    core = m.surface("hedge core", (0.012, 0.018, 0.008), rough=0.9)
    st.block("core", lo + 0.05, hi - 0.05, core, 0)


def ball(at: Point, radius: float, mat: Material, size: float = 0.04, flat: float = 1.0) -> None:
    """A round clipped bush (flat=1) or a cushion of flowers (flat < 1) about a point."""
    dice = np.random.default_rng(int(abs(at[0] * 97 + at[1] * 31 + radius * 7) * 10) + 1)
    count = int(4 * math.pi * (radius / size) ** 2 * 2.5)
    way = dice.normal(size=(count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    far = radius * (1 - 0.35 * dice.random(count) ** 2 + 0.05 * np.sin(way[:, 0] * 9))
    scatter("ball", np.array(at) + way * far[:, None] * (1, 1, flat), size, mat)


def trees(spots: Iterable[Point], height: float, mat: Material) -> None:
    """Bushy trees of one kind, turned at random; a spot is x, y and a factor for the size."""
    dice = np.random.default_rng(int(height * 10))
    cloud = []
    for _ in range(26):
        way = dice.normal(size=3)
        mid = (
            np.array((0, 0, height * 0.64))
            + way / np.linalg.norm(way) * (0.24, 0.24, 0.27) * height
        )
        puff = dice.normal(size=(1500, 3))
        puff *= dice.uniform(0.75, 1, (1500, 1)) / np.linalg.norm(puff, axis=1, keepdims=True)
        cloud.append(mid + puff * (0.12, 0.12, 0.10) * height * dice.uniform(0.6, 1.2))
    crown = scatter("crown", np.concatenate(cloud), 0.028 * height, mat)
    trunk = st.tube(
        "trunk",
        [(0, 0, -0.5), (0.1, 0, height * 0.3), (-0.05, 0.1, height * 0.75)],
        0.018 * height,
        m.surface("bark", (0.10, 0.075, 0.05), 0.9, vary=0.3, bump=1.0),
    )
    for x, y, size in spots:
        turn = random.uniform(0, 360)
        for part in (crown, trunk):
            copy(part, (x, y, 0), turn, size)
    for part in (crown, trunk):
        bpy.data.objects.remove(part)


def pot(at: Point, radius: float, height: float, mat: Material) -> None:
    """A flower pot with earth in it."""
    st.lathe(
        "pot",
        at,
        [
            (0, 0),
            (radius * 0.72, 0),
            (radius * 0.94, height * 0.85),
            (radius * 1.06, height * 0.86),
            (radius * 1.06, height),
            (radius * 0.9, height),
            (radius * 0.88, height * 0.9),
        ],
        mat,
    )
    soil = m.surface("soil", (0.045, 0.03, 0.02), rough=0.95, bump=0.6)
    st.lathe("soil", (at[0], at[1], at[2] + height * 0.9), [(0, 0.01), (radius * 0.9, 0)], soil)


def flower_box(x: float, y: float, z: float, width: float) -> None:
    """A terracotta window box full of geraniums."""
    st.block(
        "box",
        (x - width / 2, y - 0.1, z),
        (x + width / 2, y + 0.1, z + 0.17),
        m.surface("terracotta", TERRACOTTA, rough=0.8, vary=0.12),
    )
    green, red = leaf("geranium", (0.07, 0.16, 0.035)), leaf("blossom", (0.62, 0.035, 0.06), 0.25)
    for i in range(int(width / 0.17)):
        mid = (x - width / 2 + 0.1 + i * 0.17, y - 0.03, z + 0.2 + random.uniform(0, 0.05))
        ball(mid, 0.15, green, 0.05)
        ball(
            (mid[0] + random.uniform(-0.06, 0.06), mid[1] - 0.05, mid[2] + 0.09), 0.075, red, 0.028
        )
