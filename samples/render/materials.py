"""Procedural materials of the sample renders: every colour and roughness varies with noise."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import bpy

Color = tuple[float, float, float]
Point = Sequence[float]


class Nodes:
    """A new material with a Principled BSDF, and short ways to add and wire its nodes."""

    def __init__(self, name: str) -> None:
        self.mat = bpy.data.materials.new(name)
        self.mat.use_nodes = True
        self.tree = self.mat.node_tree
        self.bsdf = self.tree.nodes["Principled BSDF"]
        self.out = self.tree.nodes["Material Output"]

    def add(self, kind: str, **settings: object) -> bpy.types.Node:
        """Adds a node; settings are attributes, or inputs when the node has one so named."""
        node = self.tree.nodes.new("ShaderNode" + kind)
        for key, value in settings.items():
            if key in node.inputs:
                self.set(node.inputs[key], value)
            elif key.replace("_", " ") in node.inputs:
                self.set(node.inputs[key.replace("_", " ")], value)
            else:
                setattr(node, key, value)
        return node

    def set(self, socket: bpy.types.NodeSocket, value: object) -> None:
        """Links a socket to another one, or gives it a constant."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif socket.type == "RGBA":
            socket.default_value = (*value, 1.0)
        else:
            socket.default_value = value

    def ramp(
        self, fac: bpy.types.NodeSocket, stops: Sequence[tuple[float, Color]]
    ) -> bpy.types.NodeSocket:
        """Maps a value to colours; returns the colour socket."""
        node = self.add("ValToRGB", Fac=fac)
        while len(node.color_ramp.elements) < len(stops):
            node.color_ramp.elements.new(0.5)
        for element, (position, color) in zip(node.color_ramp.elements, stops, strict=True):
            element.position, element.color = position, (*color, 1.0)
        return node.outputs["Color"]

    def bump(self, height: bpy.types.NodeSocket, strength: float, distance: float = 0.01) -> None:
        """Roughens the surface by a height."""
        node = self.add("Bump", Height=height, Strength=strength, Distance=distance)
        self.set(self.bsdf.inputs["Normal"], node.outputs["Normal"])

    def flat_uv(self) -> bpy.types.NodeSocket:
        """Coordinates in the plane of an axis-aligned face: floor (x, y), wall (along, z)."""
        pos = self.add("SeparateXYZ", Vector=self.add("TexCoord").outputs["Object"])
        geometry = self.add("NewGeometry")
        normal = self.add("VectorMath", operation="ABSOLUTE")
        self.set(normal.inputs[0], geometry.outputs["True Normal"])
        n = self.add("SeparateXYZ", Vector=normal.outputs[0])
        u = self.add("Mix", Factor=n.outputs["X"])
        v = self.add("Mix", Factor=n.outputs["Z"])
        for node, first in ((u, "X"), (v, "Z")):
            self.set(node.inputs[2], pos.outputs[first])
            self.set(node.inputs[3], pos.outputs["Y"])
        both = self.add("CombineXYZ", X=u.outputs[0], Y=v.outputs[0])
        return both.outputs[0]


def shades(color: Color, vary: float) -> list[tuple[float, Color]]:
    """Two ramp stops a little darker and a little lighter than a colour."""
    return [
        (0.3, tuple(c * (1 - vary) for c in color)),
        (0.7, tuple(min(1.0, c * (1 + vary)) for c in color)),
    ]


@functools.cache
def surface(
    name: str,
    color: Color,
    rough: float = 0.5,
    metal: float = 0.0,
    vary: float = 0.05,
    bump: float = 0.1,
    scale: float = 30.0,
    sheen: float = 0.0,
    coat: float = 0.0,
    subsurface: float = 0.0,
) -> bpy.types.Material:
    """A general material whose colour, roughness and relief vary with noise."""
    n = Nodes(name)
    at = n.add("TexCoord").outputs["Object"]
    large = n.add("TexNoise", Vector=at, Scale=scale / 12, Detail=4.0).outputs[0]
    small = n.add("TexNoise", Vector=at, Scale=scale, Detail=6.0).outputs[0]
    n.set(n.bsdf.inputs["Base Color"], n.ramp(large, shades(color, vary)))
    n.set(n.bsdf.inputs["Roughness"], n.ramp(small, shades((rough,) * 3, 0.15)))
    n.bsdf.inputs["Metallic"].default_value = metal
    n.bsdf.inputs["Sheen Weight"].default_value = sheen
    n.bsdf.inputs["Coat Weight"].default_value = coat
    n.bsdf.inputs["Coat Roughness"].default_value = 0.08
    n.bsdf.inputs["Subsurface Weight"].default_value = subsurface
    n.bsdf.inputs["Subsurface Radius"].default_value = (0.01, 0.01, 0.01)
    if bump:
        n.bump(small, bump)
    return n.mat


def plaster(color: Color = (0.80, 0.755, 0.68)) -> bpy.types.Material:
    """Painted wall plaster."""
    return surface("plaster", color, rough=0.75, vary=0.02, bump=0.06, scale=60.0)


def fabric(
    name: str, color: Color, bump: float = 0.25, scale: float = 220.0, vary: float = 0.07
) -> bpy.types.Material:
    """Woven cloth."""
    return surface(name, color, rough=0.85, vary=vary, bump=bump, scale=scale, sheen=0.25)


def wood(
    name: str,
    color: Color,
    rough: float = 0.42,
    grain: Point = (1.0, 14.0, 14.0),
    coat: float = 0.1,
) -> bpy.types.Material:
    """Oiled wood; grain is the noise frequency along x, y and z (the small one = the fibre)."""
    n = Nodes(name)
    at = n.add("Mapping", Vector=n.add("TexCoord").outputs["Object"], Scale=grain).outputs[0]
    noise = n.add("TexNoise", Vector=at, Scale=2.2, Detail=9.0, Roughness=0.6, Distortion=0.9)
    n.set(n.bsdf.inputs["Base Color"], n.ramp(noise.outputs[0], shades(color, 0.28)))
    n.set(n.bsdf.inputs["Roughness"], n.ramp(noise.outputs[0], shades((rough,) * 3, 0.2)))
    n.bsdf.inputs["Coat Weight"].default_value = coat
    n.bump(noise.outputs[0], 0.12, 0.004)
    return n.mat


def tiles(
    name: str,
    color: Color,
    size: tuple[float, float],
    grout: Color = (0.55, 0.52, 0.48),
    gap: float = 0.004,
    offset: float = 0.0,
    rough: float = 0.18,
    vary: float = 0.06,
    grain: float = 0.0,
) -> bpy.types.Material:
    """Tiles or floor boards; offset shifts every other row, grain > 0 makes wooden boards."""
    n = Nodes(name)
    uv = n.flat_uv()
    dark, light = (c for _, c in shades(color, vary))
    brick = n.add(
        "TexBrick",
        Vector=uv,
        Color1=dark,
        Color2=light,
        Mortar=grout,
        Scale=1.0,
        Mortar_Size=gap / 2,
        Brick_Width=size[0],
        Row_Height=size[1],
        offset=offset,
    )
    base = brick.outputs["Color"]
    stretch = (2.0, 34.0, 1.0) if grain else (3.0, 3.0, 3.0)
    at = n.add("Mapping", Vector=uv, Scale=stretch).outputs[0]
    noise = n.add("TexNoise", Vector=at, Scale=2.0, Detail=8.0, Distortion=grain).outputs[0]
    mix = n.add("Mix", data_type="RGBA", blend_type="MULTIPLY", Factor=1.0)
    n.set(mix.inputs[6], base)
    n.set(mix.inputs[7], n.ramp(noise, shades((0.88,) * 3, 0.25 if grain else 0.06)))
    n.set(n.bsdf.inputs["Base Color"], mix.outputs[2])
    n.set(n.bsdf.inputs["Roughness"], n.ramp(noise, shades((rough,) * 3, 0.3)))
    invert = n.add("Math", operation="SUBTRACT")
    invert.inputs[0].default_value = 1.0
    n.set(invert.inputs[1], brick.outputs["Fac"])
    n.bump(invert.outputs[0], 0.35, 0.003)
    return n.mat


def metal(
    name: str = "chrome", color: Color = (0.75, 0.75, 0.76), rough: float = 0.12
) -> bpy.types.Material:
    """Polished or brushed metal."""
    return surface(name, color, rough=rough, metal=1.0, vary=0.03, bump=0.01, scale=90.0)


def brass() -> bpy.types.Material:
    """Warm, slightly worn brass."""
    return metal("brass", (0.72, 0.50, 0.22), 0.28)


def glass(
    name: str = "glass", tint: Color = (0.97, 0.98, 0.97), pane: bool = False
) -> bpy.types.Material:
    """Thin drinking glass that mirrors at its edges, or a flat window pane (pane=True)."""
    n = Nodes(name)
    clear = n.add("BsdfTransparent", Color=tint).outputs[0]
    solid = n.add("BsdfGlossy", Roughness=0.02).outputs[0]
    fac = 0.06 if pane else n.add("LayerWeight", Blend=0.15).outputs["Facing"]
    mix = n.add("MixShader")
    for socket, value in zip(mix.inputs, (fac, clear, solid), strict=True):
        n.set(socket, value)
    n.set(n.out.inputs["Surface"], mix.outputs[0])
    return n.mat


def sheer(name: str, color: Color, through: float = 0.5, clear: float = 0.0) -> bpy.types.Material:
    """Thin cloth light shines through: lamp shades (clear=0), net curtains (clear=0.3)."""
    n = Nodes(name)
    weave = n.add("TexNoise", Vector=n.add("TexCoord").outputs["Object"], Scale=180.0).outputs[0]
    tone = n.ramp(weave, shades(color, 0.08))
    last = n.add("BsdfDiffuse", Color=tone).outputs[0]
    for fac, kind, tint in ((through, "Translucent", tone), (clear, "Transparent", (1, 1, 1))):
        mix = n.add("MixShader", Fac=fac)
        n.set(mix.inputs[1], last)
        n.set(mix.inputs[2], n.add("Bsdf" + kind, Color=tint).outputs[0])
        last = mix.outputs[0]
    n.set(n.out.inputs["Surface"], last)
    return n.mat


def glow(name: str, color: Color, strength: float) -> bpy.types.Material:
    """A light-emitting surface."""
    n = Nodes(name)
    n.set(n.bsdf.inputs["Emission Color"], color)
    n.bsdf.inputs["Emission Strength"].default_value = strength
    return n.mat


def backdrop(strength: float = 3.0, horizon: float = 1.6) -> bpy.types.Material:
    """What a window shows out of focus: foliage below a horizon height, pale sky above."""
    n = Nodes("backdrop")
    at = n.add("TexCoord").outputs["Object"]
    leaves = n.add("TexNoise", Vector=at, Scale=3.0, Detail=5.0, Roughness=0.65).outputs[0]
    green = n.ramp(
        leaves, [(0.3, (0.03, 0.06, 0.02)), (0.5, (0.14, 0.24, 0.07)), (0.72, (0.55, 0.68, 0.42))]
    )
    height = n.add("Math", operation="MULTIPLY_ADD")
    n.set(height.inputs[0], n.add("SeparateXYZ", Vector=at).outputs["Z"])
    height.inputs[1].default_value = 0.8
    wobble = n.add("Math", operation="MULTIPLY_ADD")
    n.set(wobble.inputs[0], leaves)
    wobble.inputs[1].default_value, wobble.inputs[2].default_value = 1.4, -0.7 - 0.8 * horizon + 0.5
    n.set(height.inputs[2], wobble.outputs[0])
    mix = n.add(
        "Mix",
        data_type="RGBA",
        Factor=n.ramp(height.outputs[0], [(0.42, (0, 0, 0)), (0.6, (1, 1, 1))]),
    )
    n.set(mix.inputs[6], green)
    n.set(mix.inputs[7], (0.85, 0.93, 1.0))
    light = n.add("Emission", Color=mix.outputs[2], Strength=strength)
    n.set(n.out.inputs["Surface"], light.outputs[0])
    return n.mat


def painting(name: str, colors: Sequence[Color], scale: float = 3.0) -> bpy.types.Material:
    """Abstract art in a few colours."""
    n = Nodes(name)
    noise = n.add(
        "TexNoise",
        Vector=n.add("TexCoord").outputs["Object"],
        Scale=scale,
        Detail=2.5,
        Distortion=1.2,
    ).outputs[0]
    stops = [(0.3 + 0.4 * i / max(1, len(colors) - 1), c) for i, c in enumerate(colors)]
    n.set(n.bsdf.inputs["Base Color"], n.ramp(noise, stops))
    n.bsdf.inputs["Roughness"].default_value = 0.6
    return n.mat
