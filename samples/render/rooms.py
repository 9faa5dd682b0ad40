"""Box rooms: walls with openings, skirting, windows, curtains, pictures, sockets.

A room spans x 0..width, y 0..depth, z 0..height, and its walls are called "n" (y = depth), "s"
(y = 0), "w" (x = 0) and "e" (x = width).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import bpy
import materials as m
from materials import Color, Point
from shapes import Material, Object, block, grid, mesh, place


@dataclass(frozen=True)
class Opening:
    """A hole in a wall: its middle along the wall, width, sill height and height."""

    wall: str
    at: float
    width: float
    sill: float
    height: float


class Room:
    """A box room with skirting boards; walls may have openings or be left away."""

    def __init__(
        self,
        width: float,
        depth: float,
        height: float,
        floor: Material,
        wall: Material | dict[str, Material],
        ceiling: Material,
        openings: Sequence[Opening] = (),
        walls: str = "nsew",
        skirting: Material | None = None,
    ) -> None:
        """Builds the shell; wall may be one material or one per wall letter."""
        self.size = (width, depth, height)
        block("floor", (-0.2, -0.2, -0.2), (width + 0.2, depth + 0.2, 0), floor, 0)
        block("ceiling", (-0.2, -0.2, height), (width + 0.2, depth + 0.2, height + 0.2), ceiling, 0)
        for side in walls:
            mat = wall[side] if isinstance(wall, dict) else wall
            holes = [o for o in openings if o.wall == side]
            cursor = -0.2
            for hole in sorted(holes, key=lambda o: o.at):
                left, right = hole.at - hole.width / 2, hole.at + hole.width / 2
                self.block(side, (cursor, left), (-0.2, 0), (0, height), mat, 0)
                self.block(
                    side, (left, right), (-0.2, 0), (hole.sill + hole.height, height), mat, 0
                )
                if hole.sill:
                    self.block(side, (left, right), (-0.2, 0), (0, hole.sill), mat, 0)
                cursor = right
            self.block(side, (cursor, self.length(side) + 0.2), (-0.2, 0), (0, height), mat, 0)
            if skirting:
                cursor = 0.0
                for hole in sorted((o for o in holes if not o.sill), key=lambda o: o.at):
                    self.block(
                        side, (cursor, hole.at - hole.width / 2), (0, 0.014), (0, 0.08), skirting
                    )
                    cursor = hole.at + hole.width / 2
                self.block(side, (cursor, self.length(side)), (0, 0.014), (0, 0.08), skirting)

    def length(self, side: str) -> float:
        """Length of a wall."""
        return self.size[0] if side in "ns" else self.size[1]

    def at(self, side: str, along: float, off: float, up: float) -> tuple[float, float, float]:
        """A point by its distance along a wall, off the wall (into the room) and up."""
        width, depth, _ = self.size
        return {
            "n": (along, depth - off, up),
            "s": (along, off, up),
            "w": (off, along, up),
            "e": (width - off, along, up),
        }[side]

    def block(
        self, side: str, along: Point, off: Point, up: Point, mat: Material, bevel: float = 0.003
    ) -> Object:
        """A box given in wall coordinates, each as (from, to)."""
        lo, hi = (self.at(side, along[i], off[i], up[i]) for i in (0, 1))
        return block("wall", lo, hi, mat, bevel)

    def window(
        self,
        hole: Opening,
        frame: Material,
        panes: int = 2,
        light: float = 60.0,
        color: Color = (0.86, 0.93, 1.0),
        sill: Material | None = None,
    ) -> None:
        """Fills an opening with a glazed frame, and lets watts of sky light in through it."""
        left, right = hole.at - hole.width / 2, hole.at + hole.width / 2
        low, high = hole.sill, hole.sill + hole.height
        step, bar, off = hole.width / panes, 0.055, (-0.12, -0.06)
        for i in range(panes):
            a, b = left + i * step, left + (i + 1) * step
            for along, up in (
                ((a, a + bar), (low, high)),
                ((b - bar, b), (low, high)),
                ((a + bar, b - bar), (low, low + bar)),
                ((a + bar, b - bar), (high - bar, high)),
            ):
                self.block(hole.wall, along, off, up, frame, 0.006)
        self.block(
            hole.wall, (left, right), (-0.095, -0.09), (low, high), m.glass("pane", pane=True), 0
        )
        if sill:
            self.block(
                hole.wall,
                (left - 0.04, right + 0.04),
                (-0.06, 0.05),
                (low - 0.03, low),
                sill,
                0.006,
            )
        if light:
            data = bpy.data.lights.new("sky", "AREA")
            data.shape, data.size, data.size_y = "RECTANGLE", hole.width, hole.height
            data.energy, data.color, data.spread = light, color, math.radians(160)
            obj = bpy.data.objects.new("sky", data)
            turn = {"n": (-90, 0, 0), "s": (90, 0, 0), "w": (0, -90, 0), "e": (0, 90, 0)}
            place(obj, self.at(hole.wall, hole.at, -0.05, low + hole.height / 2), turn[hole.wall])
            obj.visible_camera = obj.visible_glossy = False
            bpy.context.collection.objects.link(obj)

    def curtain(
        self,
        side: str,
        along: Point,
        up: Point,
        mat: Material,
        off: float = 0.09,
        folds: float = 9.0,
        deep: float = 0.035,
    ) -> Object:
        """Hangs a pleated curtain in front of a wall; folds are per metre."""
        width, phase = along[1] - along[0], random.uniform(0, 6)
        turns = folds * width * 2 * math.pi

        def at(u: float, v: float) -> Point:
            sway = 0.5 * math.sin(5 * u + 2.1 * v + phase) * (1 - v) * (1 - u) * u * 4
            wave = math.sin(u * turns + phase + sway + 0.5 * math.sin(3.7 * u * folds + phase))
            pull = 1 + 0.05 * (1 - v) * math.sin(9 * u + phase)
            depth = deep * (0.75 + 0.35 * (1 - v)) * wave * pull
            x = along[0] + width * u + 0.012 * math.cos(u * turns * 0.5 + phase) * (1 - v)
            return self.at(side, x, off + depth, up[0] + (up[1] - up[0]) * v)

        return mesh("curtain", *grid(int(70 * width * folds / 8) + 20, 24, at), mat)

    def picture(
        self,
        side: str,
        along: float,
        up: float,
        size: tuple[float, float],
        frame: Material,
        art: Material,
    ) -> None:
        """Hangs a framed picture with a white mount; along and up are its middle."""
        w, h, bar = size[0] / 2, size[1] / 2, 0.022
        paper = m.surface("mount", (0.85, 0.83, 0.78), rough=0.8)
        self.block(side, (along - w, along + w), (0.004, 0.012), (up - h, up + h), paper, 0)
        self.block(
            side,
            (along - w * 0.68, along + w * 0.68),
            (0.012, 0.013),
            (up - h * 0.68, up + h * 0.68),
            art,
            0,
        )
        for a, b in (
            ((-w, bar - w), (-h, h)),
            ((w - bar, w), (-h, h)),
            ((bar - w, w - bar), (-h, bar - h)),
            ((bar - w, w - bar), (h - bar, h)),
        ):
            self.block(
                side, (along + a[0], along + a[1]), (0.003, 0.028), (up + b[0], up + b[1]), frame
            )

    def socket(self, side: str, along: float, up: float = 0.3, switch: bool = False) -> None:
        """A wall socket or light switch."""
        mat = m.surface("socket", (0.82, 0.81, 0.78), rough=0.3, bump=0)
        self.block(
            side, (along - 0.041, along + 0.041), (0, 0.009), (up - 0.041, up + 0.041), mat, 0.004
        )
        inner = 0.026 if switch else 0.02
        self.block(
            side,
            (along - inner, along + inner),
            (0, 0.013 if switch else 0.0095),
            (up - inner, up + inner),
            mat,
            0.003,
        )
