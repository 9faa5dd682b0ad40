"""Shapes of the sample renders: boxes, turned and bent forms, cloth.

Lengths are metres, angles degrees. Materials are in materials.py, rooms and output in studio.py.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable

import bmesh
import bpy
from materials import Point

Material = bpy.types.Material
Object = bpy.types.Object


# --- shapes -----------------------------------------------------------------------------------


def mesh(
    name: str,
    verts: Iterable[Point],
    faces: Iterable[Iterable[int]],
    mat: Material | None,
    smooth: bool = True,
    subdiv: int = 0,
) -> Object:
    """Makes an object from vertices and faces."""
    data = bpy.data.meshes.new(name)
    data.from_pydata([tuple(v) for v in verts], [], [tuple(f) for f in faces])
    data.polygons.foreach_set("use_smooth", [smooth] * len(data.polygons))
    obj = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(obj)
    if mat:
        data.materials.append(mat)
    if subdiv:
        mod = obj.modifiers.new("subdiv", "SUBSURF")
        mod.levels = mod.render_levels = subdiv
    return obj


def block(name: str, lo: Point, hi: Point, mat: Material | None, bevel: float = 0.004) -> Object:
    """Makes a box between two corners, in any order, with rounded edges."""
    (x0, x1), (y0, y1), (z0, z1) = (sorted(pair) for pair in zip(lo, hi, strict=True))
    verts = [(x, y, z) for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    obj = mesh(name, verts, faces, mat, smooth=False)
    if bevel:
        mod = obj.modifiers.new("bevel", "BEVEL")
        mod.width, mod.segments = min(bevel, 0.45 * min(x1 - x0, y1 - y0, z1 - z0)), 3
        mod.harden_normals = True
    return obj


def lathe(
    name: str,
    at: Point,
    profile: Iterable[tuple[float, float]],
    mat: Material,
    steps: int = 32,
    subdiv: int = 1,
) -> Object:
    """Turns a profile of (radius, height) points about the vertical axis through a point."""
    points = list(profile)
    angles = [2 * math.pi * i / steps for i in range(steps)]
    verts = [
        (at[0] + r * math.cos(a), at[1] + r * math.sin(a), at[2] + z)
        for r, z in points
        for a in angles
    ]
    faces = [
        (
            j * steps + i,
            j * steps + (i + 1) % steps,
            (j + 1) * steps + (i + 1) % steps,
            (j + 1) * steps + i,
        )
        for j in range(len(points) - 1)
        for i in range(steps)
    ]
    obj = mesh(name, verts, faces, mat, subdiv=subdiv)
    if not subdiv:
        obj.data.set_sharp_from_angle(angle=0.7)
    return obj


def tube(name: str, points: Iterable[Point], radius: float, mat: Material) -> Object:
    """Makes a pipe or rod through points."""
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", radius, 4
    curve.use_fill_caps = True
    points = list(points)
    line = curve.splines.new("POLY")
    line.points.add(len(points) - 1)
    for point, co in zip(line.points, points, strict=True):
        point.co = (*co, 1.0)
    curve.materials.append(mat)
    obj = bpy.data.objects.new(name, curve)
    bpy.context.collection.objects.link(obj)
    return obj


def grid(nx: int, ny: int, at: Callable[[float, float], Point]) -> tuple[list, list]:
    """Vertices and faces of a surface given by a function of u and v in 0..1."""
    verts = [at(i / nx, j / ny) for j in range(ny + 1) for i in range(nx + 1)]
    faces = [
        (j * (nx + 1) + i, j * (nx + 1) + i + 1, (j + 1) * (nx + 1) + i + 1, (j + 1) * (nx + 1) + i)
        for j in range(ny)
        for i in range(nx)
    ]
    return verts, faces


def place(obj: Object, at: Point = (0, 0, 0), turn: Point = (0, 0, 0)) -> Object:
    """Moves an object, and turns it by degrees about x, y and z."""
    obj.location, obj.rotation_euler = at, [math.radians(t) for t in turn]
    return obj


# --- cloth ------------------------------------------------------------------------------------


def _simulate(obj: Object, frames: int, gravity: bool = True, **settings: float) -> None:
    """Runs the cloth simulation of an object, then keeps the shape it ends in."""
    cloth = obj.modifiers.new("cloth", "CLOTH")
    obj.modifiers.move(len(obj.modifiers) - 1, 0)
    for key, value in settings.items():
        setattr(cloth.settings, key, value)
    cloth.settings.quality = 6
    cloth.settings.effector_weights.gravity = 1.0 if gravity else 0.0
    cloth.collision_settings.distance_min = 0.006
    cloth.point_cache.frame_end = frames
    scene = bpy.context.scene
    for frame in range(1, frames + 1):
        scene.frame_set(frame)
    done = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    data = bpy.data.meshes.new_from_object(done)
    obj.modifiers.clear()
    obj.data = data
    scene.frame_set(1)


def drape(
    name: str,
    center: Point,
    size: tuple[float, float],
    over: Iterable[Object],
    mat: Material,
    frames: int = 45,
    cell: float = 0.03,
    thick: float = 0.004,
    stiff: float = 2.0,
    turn: float = 0.0,
    rounded: bool = False,
) -> Object:
    """Drops a cloth on objects: bed covers, throws, tablecloths.

    Args:
        name: Name of the object.
        center: Where the middle of the flat cloth starts, just above what it falls on.
        size: Size along x and y before it is turned.
        over: What it falls on.
        mat: Its material.
        frames: How long it falls, in frames.
        cell: Mesh width of the cloth.
        thick: Thickness given to it afterwards.
        stiff: Bending stiffness; 0.2 is a thin sheet, 15 a quilt.
        turn: Degrees it is turned about the vertical axis.
        rounded: Round cloth instead of a rectangular one.

    Returns:
        The draped cloth.
    """
    for obj in over:
        if "hit" not in obj.modifiers:
            obj.modifiers.new("hit", "COLLISION")
        obj.collision.thickness_outer, obj.collision.cloth_friction = 0.006, 30.0
    nx, ny = (max(4, round(s / cell)) for s in size)

    def at(u: float, v: float) -> Point:
        x, y = 2 * u - 1, 2 * v - 1
        if rounded:
            x, y = x * math.sqrt(1 - y * y / 2), y * math.sqrt(1 - x * x / 2)
        return x * size[0] / 2, y * size[1] / 2, random.uniform(0, 0.002)

    obj = place(mesh(name, *grid(nx, ny, at), mat), center, (0, 0, turn))
    _simulate(
        obj,
        frames,
        bending_stiffness=stiff,
        tension_stiffness=25,
        compression_stiffness=25,
        mass=0.35,
        air_damping=2.0,
    )
    solid = obj.modifiers.new("solid", "SOLIDIFY")
    solid.thickness, solid.offset = thick, 1.0
    smooth = obj.modifiers.new("subdiv", "SUBSURF")
    smooth.levels = smooth.render_levels = 1
    return obj


def pillow(name: str, size: tuple[float, float], mat: Material, plump: float = 1.0) -> Object:
    """Makes a creased pillow lying flat about the origin, by blowing up a sewn cloth bag."""
    nx, ny = (max(12, round(s / 0.022)) for s in size)
    bm = bmesh.new()
    for side in (1, -1):
        verts, faces = grid(
            nx,
            ny,
            lambda u, v, side=side: (
                (u - 0.5) * size[0],
                (v - 0.5) * size[1],
                side * (1e-5 if {u, v} & {0.0, 1.0} else 0.012 + random.uniform(0, 0.004)),
            ),
        )
        new = [bm.verts.new(v) for v in verts]
        for face in faces:
            bm.faces.new([new[i] for i in (face if side > 0 else face[::-1])])
    bmesh.ops.remove_doubles(bm, verts=bm.verts, dist=0.0005)
    obj = mesh(name, [], [], mat)
    bm.to_mesh(obj.data)
    bm.free()
    obj.data.polygons.foreach_set("use_smooth", [True] * len(obj.data.polygons))
    _simulate(
        obj,
        32,
        gravity=False,
        use_pressure=True,
        uniform_pressure_force=4.0 * plump,
        shrink_min=-0.12,
        mass=0.15,
        bending_stiffness=0.3,
        tension_stiffness=12,
        compression_stiffness=12,
        air_damping=4.0,
    )
    smooth = obj.modifiers.new("subdiv", "SUBSURF")
    smooth.levels = smooth.render_levels = 1
    return obj
