"""The studio of the sample renders: rooms, daylight, lamps, camera, photo faults, output.

Lengths are metres; a room spans x 0..width, y 0..depth, z 0..height, and its walls are called
"n" (y = depth), "s" (y = 0), "w" (x = 0) and "e" (x = width). A scene file builds everything with
`import studio as st` and `import materials as m`, and ends with `st.main({...})`.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bpy
import materials as m
import numpy as np
from catalogue import model
from materials import Color, Point
from rooms import Opening, Room
from shapes import Material, Object, block, drape, grid, lathe, mesh, pillow, place, tube

__all__ = [
    "Color",
    "Material",
    "Object",
    "Opening",
    "Point",
    "Room",
    "Shot",
    "block",
    "camera",
    "daylight",
    "drape",
    "grid",
    "lamp",
    "lathe",
    "main",
    "mesh",
    "model",
    "pillow",
    "place",
    "reset",
    "tube",
]


def reset(seed: int = 1) -> None:
    """Empties Blender and seeds the random choices of a scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    m.surface.cache_clear()
    random.seed(seed)


def lamp(
    at: Point,
    watts: float,
    color: Color = (1.0, 0.72, 0.45),
    radius: float = 0.04,
    spot: float = 0.0,
) -> Object:
    """A bulb, or with spot (degrees) a downward spotlight."""
    data = bpy.data.lights.new("bulb", "SPOT" if spot else "POINT")
    data.energy, data.color, data.shadow_soft_size = watts, color, radius
    if spot:
        data.spot_size, data.spot_blend = math.radians(spot), 0.7
    obj = bpy.data.objects.new("bulb", data)
    bpy.context.collection.objects.link(obj)
    return place(obj, at)


def daylight(
    sun: float = 3.0, turn: Point = (50, 0, 140), sky: float = 1.0, color: Color | None = None
) -> None:
    """Sets the world: a flat sky colour or (color=None) a physical sky, and a sun.

    Args:
        sun: Strength of the sun lamp; 0 for none.
        turn: Rotation of the sun lamp in degrees.
        sky: Strength of the sky.
        color: Colour of the sky; None for a clear sky with the sun where turn says.
    """
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    back = world.node_tree.nodes["Background"]
    back.inputs["Strength"].default_value = sky
    if color:
        back.inputs["Color"].default_value = (*color, 1.0)
    else:
        node = world.node_tree.nodes.new("ShaderNodeTexSky")
        node.sky_type, node.sun_disc = "MULTIPLE_SCATTERING", False
        node.sun_elevation, node.sun_rotation = math.radians(90 - turn[0]), math.radians(-turn[2])
        world.node_tree.links.new(node.outputs[0], back.inputs["Color"])
    if sun:
        data = bpy.data.lights.new("sun", "SUN")
        data.energy, data.angle, data.color = sun, math.radians(1.5), (1.0, 0.93, 0.82)
        obj = bpy.data.objects.new("sun", data)
        bpy.context.collection.objects.link(obj)
        place(obj, (0, 0, 5), turn)


def camera(
    at: Point,
    heading: float,
    lens: float = 24.0,
    rise: float = 0.0,
    roll: float = 0.0,
    focus: float = 3.0,
    fstop: float = 7.1,
) -> Object:
    """A level camera, so verticals stay straight.

    Args:
        at: Where it stands.
        heading: Degrees counter-clockwise from looking along +y.
        lens: Focal length on a 36 mm sensor.
        rise: Vertical lens shift (fraction of the width); negative shows more of the floor.
        roll: Tilt in degrees, a photo fault.
        focus: Focus distance.
        fstop: Aperture.
    """
    data = bpy.data.cameras.new("camera")
    data.lens, data.shift_y, data.clip_start = lens, rise, 0.02
    data.dof.use_dof, data.dof.focus_distance, data.dof.aperture_fstop = True, focus, fstop
    obj = bpy.data.objects.new("camera", data)
    bpy.context.collection.objects.link(obj)
    bpy.context.scene.camera = obj
    return place(obj, at, (90, roll, heading))


@dataclass(frozen=True)
class Shot:
    """How a scene is photographed: exposure and faults."""

    exposure: float = 0.0  # stops
    grain: float = 0.008  # sensor noise, as a fraction of white
    shake: Point = (0.0, 0.0)  # degrees the camera turns (across, up) while the shutter is open
    warmth: float = 0.0  # white balance: > 0 is warmer
    look: str = "AgX - Medium High Contrast"
    size: tuple[int, int] = (1024, 683)
    quality: int = 88
    samples: int = 96


def photograph(path: Path, shot: Shot, preview: bool) -> None:
    """Renders the scene and saves it as a JPEG, with the grain and vignette of a camera."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 24 if preview else shot.samples
    scene.cycles.use_denoising, scene.cycles.denoiser = True, "OPENIMAGEDENOISE"
    scene.cycles.adaptive_threshold, scene.cycles.sample_clamp_indirect = 0.03, 6.0
    scene.cycles.max_bounces, scene.cycles.diffuse_bounces = 8, 4
    scene.cycles.transparent_max_bounces = 12
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.render.threads_mode, scene.render.threads = "FIXED", 2
    scene.render.resolution_x, scene.render.resolution_y = (480, 320) if preview else shot.size
    scene.view_settings.view_transform, scene.view_settings.look = "AgX", shot.look
    scene.view_settings.exposure = shot.exposure
    if any(shot.shake):
        scene.render.use_motion_blur, scene.render.motion_blur_shutter = True, 1.0
        eye = scene.camera
        across, up = (math.radians(s) for s in shot.shake)
        for frame, part in ((0, -1.0), (2, 1.0)):  # one frame of shutter is half of the way
            eye.rotation_euler.x += part * up
            eye.rotation_euler.z += part * across
            eye.keyframe_insert("rotation_euler", frame=frame)
            eye.rotation_euler.x -= part * up
            eye.rotation_euler.z -= part * across
        scene.frame_set(1)
    raw = Path(tempfile.gettempdir()) / f"stayrank-{os.getpid()}.png"
    scene.render.filepath, scene.render.image_settings.file_format = str(raw), "PNG"
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(raw))
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    rgb = pixels.reshape(height, width, 4)[..., :3]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    rgb *= (1 - 0.05 * (x * x + y * y))[..., None]
    rgb *= np.array([1 + shot.warmth, 1.0, 1 - shot.warmth], np.float32)
    dice = np.random.default_rng(7)
    luma = dice.normal(0, shot.grain, (height, width, 1))
    rgb += luma + dice.normal(0, shot.grain * 0.6, rgb.shape)
    photo = bpy.data.images.new(path.stem, width, height)  # without the render's dates and times
    photo.pixels.foreach_set(np.clip(pixels, 0, 1))
    photo.file_format = "JPEG"
    photo.save(filepath=str(path.resolve()), quality=shot.quality)
    raw.unlink()


def main(pictures: dict[str, Callable[[], Shot | None]]) -> None:
    """Command line of a scene file: renders the named pictures, or all of them."""
    parser = argparse.ArgumentParser(description="Renders sample pictures.")
    parser.add_argument("pictures", nargs="*", metavar="picture", help=", ".join(pictures))
    parser.add_argument("--out", type=Path, default=Path(), help="folder for the JPEGs")
    parser.add_argument("--preview", action="store_true", help="small and quick")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.pictures or pictures:
        start = time.monotonic()
        reset()
        shot = pictures[name]() or Shot()
        photograph(options.out / f"{name}.jpg", shot, options.preview)
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
