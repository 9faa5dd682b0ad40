"""Models of the furniture catalogues in the Debian package sweethome3d-furniture."""

from __future__ import annotations

import math
import re
import tempfile
import zipfile
from pathlib import Path

import bpy
import numpy as np
from materials import Point
from mathutils import Matrix, Vector
from shapes import Material, Object, place

FURNITURE = Path("/usr/share/sweethome3d/furniture")


def model(
    name: str,
    at: Point,
    turn: float = 0.0,
    size: Point | None = None,
    mats: dict[str, Material | None] | None = None,
) -> Object:
    """Places a model of the furniture catalogues, standing on a point.

    Args:
        name: Catalogue and file name, e.g. "BlendSwap-CC-BY/bath_jay_hardy".
        at: Where the middle of its base stands.
        turn: Degrees about the vertical axis.
        size: Width, depth, height; the catalogue's own size when not given.
        mats: Materials by a regular expression searched in the model's own material names.

    Returns:
        The model as one object.
    """
    catalogue, file = name.split("/")
    with zipfile.ZipFile(FURNITURE / f"{catalogue}.sh3f") as archive:
        text = archive.read("PluginFurnitureCatalog.properties").decode("latin1")
        number, path = re.search(rf"^model#(\d+)=/?(.*/{file}\.obj)", text, re.MULTILINE).groups()
        folder = Path(tempfile.gettempdir()) / "stayrank-furniture"
        for member in archive.namelist():
            if member.startswith(str(Path(path).parent) + "/"):
                archive.extract(member, folder)
    if size is None:
        size = [
            float(re.search(rf"^{key}#{number}=([\d.]+)", text, re.MULTILINE)[1]) / 100
            for key in ("width", "depth", "height")
        ]
    turned = re.search(rf"^modelRotation#{number}=(.*)", text, re.MULTILINE)
    bpy.ops.object.select_all(action="DESELECT")
    bpy.ops.wm.obj_import(filepath=str(folder / path), forward_axis="Y", up_axis="Z")
    parts = [o for o in bpy.context.selected_objects if o.type == "MESH"]
    bpy.context.view_layer.objects.active = parts[0]
    if len(parts) > 1:
        bpy.ops.object.join()
    obj = bpy.context.object
    obj.name = file
    spin = Matrix.Rotation(math.pi / 2, 4, "X")
    if turned:
        numbers = [float(v) for v in turned[1].split()]
        spin @= Matrix([numbers[i : i + 3] for i in (0, 3, 6)]).to_4x4()
    obj.data.transform(spin @ obj.matrix_world)
    obj.matrix_world = Matrix.Identity(4)
    co = np.array([v.co for v in obj.data.vertices])
    low, high = co.min(0), co.max(0)
    scale = [s / max(e, 1e-6) for s, e in zip(size, high - low, strict=True)]
    middle = Vector(((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]))
    obj.data.transform(Matrix.Diagonal((*scale, 1)) @ Matrix.Translation(-middle))
    for slot in obj.material_slots:
        for pattern, mat in (mats or {}).items():
            if slot.material and mat and re.search(pattern, slot.material.name, re.IGNORECASE):
                slot.material = mat
                break
    return place(obj, at, (0, 0, turn))
