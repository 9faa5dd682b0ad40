"""The hotel building of the sample renders: walls, windows, shutters, balconies, roof.

Its front lies in the plane y = 0 and looks towards -y; x = 0 is its middle and z = 0 the ground.
Lengths are metres.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import materials as m
import numpy as np
import outdoors as o
import studio as st
from materials import Point

BAY, LEVELS, TOP = 3.0, (0.0, 3.5, 6.6), 9.7


@dataclass
class Hotel:
    """The three-storey building; light > 0 lights some of its rooms."""

    bays: int = 7
    light: float = 0.0
    entrance: bool = True
    balcony: Callable[[int, int], bool] = lambda floor, bay: (
        floor > 0 and bay % 2 == 1 and (floor, bay) != (1, 3)
    )

    def build(self) -> None:
        """Builds walls, windows, balconies and roof."""
        self.wall = m.surface("plaster out", o.CREAM, rough=0.85, vary=0.05, bump=0.25, scale=25.0)
        self.frame = m.surface("frame", (0.72, 0.69, 0.62), rough=0.35, bump=0.02)
        self.stone = m.surface("stone", (0.50, 0.43, 0.34), rough=0.8, vary=0.1, bump=0.35)
        self.iron = m.surface("iron", (0.02, 0.022, 0.024), rough=0.45, metal=0.4, bump=0.05)
        self.paint = m.surface("shutter", o.SAGE, rough=0.5, vary=0.08, bump=0.05)
        self.pane, self.net = m.glass("pane", pane=True), m.sheer("net", (0.8, 0.77, 0.7), 0.35)
        self.dark = m.surface("room", (0.16, 0.125, 0.09), rough=0.9)
        self.lit = m.glow("lit", (1.0, 0.62, 0.28), self.light)
        n = self.lit.node_tree
        spots = n.nodes.new("ShaderNodeTexNoise")
        spots.inputs["Scale"].default_value = 0.9
        tint = n.nodes.new("ShaderNodeValToRGB")
        for part, color in zip(
            tint.color_ramp.elements, ((0.10, 0.04, 0.012), (1.0, 0.66, 0.32)), strict=True
        ):
            part.color = (*color, 1.0)
        tint.color_ramp.elements[0].position, tint.color_ramp.elements[1].position = 0.36, 0.66
        n.links.new(spots.outputs[0], tint.inputs[0])
        n.links.new(tint.outputs[0], n.nodes["Principled BSDF"].inputs["Emission Color"])
        half, walls = self.bays * BAY / 2, []
        for floor, level in enumerate(LEVELS):
            top = (*LEVELS, TOP)[floor + 1]
            for bay in range(self.bays):
                x = (bay + 0.5) * BAY - half
                width, sill, height = self.opening(floor, bay)
                a, b, low, high = x - width / 2, x + width / 2, level + sill, level + sill + height
                walls += [
                    ((x - BAY / 2, 0, level), (a, 0.3, top)),
                    ((b, 0, level), (x + BAY / 2, 0.3, top)),
                    ((a, 0, high), (b, 0.3, top)),
                ]
                if low > level:
                    walls.append(((a, 0, level), (b, 0.3, low)))
                self.window(x, low, width, height, floor, bay)
        o.boxes("walls", walls, self.wall)
        st.block("mass", (-half, 3, 0), (half, 10, TOP), self.wall, 0)
        o.boxes(
            "sides", [((s * half, 0.3, 0), (s * (half - 0.3), 10, TOP)) for s in (-1, 1)], self.wall
        )
        o.boxes(
            "bands",
            [
                ((-half - 0.04, -0.05, z), (half + 0.04, 0.02, z + 0.14))
                for z in (LEVELS[1] - 0.1, TOP - 0.32)
            ],
            self.stone,
            0.02,
        )
        gap = BAY * 0.5 if self.entrance else 0.0
        o.boxes(
            "plinth",
            [((s * (half + 0.03), -0.04, 0), (s * gap, 0.01, 0.55)) for s in (-1, 1)],
            self.stone,
            0.01,
        )
        self.roof(half)

    def opening(self, floor: int, bay: int) -> tuple[float, float, float]:
        """Width, sill and height of the opening of a bay."""
        if floor == 0:
            return (
                (1.9, 0.02, 2.6) if self.entrance and bay == self.bays // 2 else (1.35, 0.75, 1.95)
            )
        return (1.15, 0.04, 2.3) if self.balcony(floor, bay) else (1.05, 0.85, 1.5)

    def window(self, x: float, z: float, width: float, height: float, floor: int, bay: int) -> None:
        """Fills an opening: frame, panes, curtains, the room behind, shutters, balcony."""
        a, b, top, door = x - width / 2, x + width / 2, z + height, height > 2.2
        bars = [
            ((a, 0.14, z), (a + 0.06, 0.2, top)),
            ((b - 0.06, 0.14, z), (b, 0.2, top)),
            ((a, 0.14, top - 0.06), (b, 0.2, top)),
            ((a, 0.14, z), (b, 0.2, z + (0.25 if door else 0.07))),
            ((x - 0.045, 0.13, z), (x + 0.045, 0.21, top)),
        ]
        bars += [
            ((a, 0.15, z + height * f), (b, 0.19, z + height * f + 0.03)) for f in (0.36, 0.68)
        ]
        entry = self.entrance and floor == 0 and bay == self.bays // 2
        o.boxes("frame", bars, m.wood("oak", (0.30, 0.17, 0.075)) if entry else self.frame, 0.006)
        st.block("pane", (a, 0.165, z), (b, 0.17, top), self.pane, 0)
        lit = self.light and (entry or floor == 0 or random.random() < 0.5)
        st.block(
            "room",
            (x - 1.4, 1.6, z - 0.6),
            (x + 1.4, 1.7, top + 0.4),
            self.lit if lit else self.dark,
            0,
        )
        drawn = random.uniform(0.18, 0.46) if not entry else 0
        for left, right in ((a, a + width * drawn), (b - width * drawn, b)):
            if drawn:
                st.mesh(
                    "curtain",
                    *st.grid(
                        40,
                        2,
                        lambda u, v, a=left, r=right: (
                            a + (r - a) * u,
                            0.33 + 0.025 * math.sin(u * 38 + x),
                            z + height * v,
                        ),
                    ),
                    self.net,
                )
        if floor:
            for side in (-1, 1):
                self.shutter(x + side * (width * 0.75 + 0.02), z, width / 2, height)
        if self.balcony(floor, bay):
            self.balustrade(x, LEVELS[floor])
        elif not entry:
            st.block("sill", (a - 0.08, -0.07, z - 0.07), (b + 0.08, 0.14, z), self.stone, 0.01)
            if (bay + floor) % 2 == 0:
                o.flower_box(x, -0.14, z - 0.02, width * 0.9)

    def shutter(self, x: float, z: float, width: float, height: float) -> None:
        """A louvred shutter leaf, open against the wall."""
        a, b, top = x - width / 2, x + width / 2, z + height
        parts = [((a, -0.05, z), (a + 0.05, -0.01, top)), ((b - 0.05, -0.05, z), (b, -0.01, top))]
        parts += [((a, -0.05, h), (b, -0.01, h + 0.07)) for h in (z, z + height * 0.48, top - 0.07)]
        step = 0.055
        parts += [
            ((a, -0.038 + 0.012 * (i % 2), z + i * step), (b, -0.02, z + i * step + 0.042))
            for i in range(1, int(height / step))
        ]
        o.boxes("shutter", parts, self.paint, 0.003)

    def balustrade(self, x: float, z: float) -> None:
        """A balcony with an iron railing and flowers on it."""
        w, d = 1.15, 0.95
        o.boxes(
            "slab",
            [
                ((x - w, -d, z - 0.16), (x + w, 0.1, z)),
                ((x - w - 0.03, -d - 0.03, z - 0.06), (x + w + 0.03, 0.1, z - 0.01)),
            ],
            self.stone,
            0.012,
        )
        o.boxes(
            "corbel",
            [
                (
                    (x + s * w * 0.7 - 0.08, -d * 0.7, z - 0.34),
                    (x + s * w * 0.7 + 0.08, 0.1, z - 0.16),
                )
                for s in (-1, 1)
            ],
            self.stone,
            0.02,
        )
        y, t = -d + 0.04, 0.008
        rail = [
            ((x - w, y - 0.02, z + 1), (x + w, y + 0.02, z + 1.035)),
            ((x - w, y - 0.01, z + 0.08), (x + w, y + 0.01, z + 0.1)),
        ]
        count = int(2 * w / 0.105)
        rail += [
            (
                (x - w + i * 2 * w / count - t, y - t, z + 0.05),
                (x - w + i * 2 * w / count + t, y + t, z + 1),
            )
            for i in range(count + 1)
        ]
        for s in (-1, 1):
            rail.append(((x + s * w - 0.02, y, z + 1), (x + s * w + 0.02, 0, z + 1.035)))
            rail += [
                ((x + s * w - t, y + i * 0.11, z), (x + s * w + t, y + i * 0.11 + 2 * t, z + 1))
                for i in range(9)
            ]
        o.boxes("railing", rail, self.iron)
        if random.random() < 0.75:
            o.flower_box(x + random.uniform(-0.3, 0.3), y - 0.13, z + 0.72, 1.1)

    def roof(self, half: float) -> None:
        """A pitched roof of round tiles with eaves, gutter and downpipes."""
        tile, rise, out = 0.22, 0.42, 0.6
        cols, rows = int((2 * half + 1.0) / tile), 16

        def at(u: float, v: float) -> Point:
            y, wave = -out + v * 5.2, 0.045 * abs(math.sin(math.pi * u * cols))
            step = 0.03 * (1 - (v * rows) % 1.0)
            return (u - 0.5) * cols * tile, y, TOP + 0.08 + (y + out) * rise + wave + step

        clay = m.surface(
            "roof tile", (0.42, 0.17, 0.085), rough=0.85, vary=0.3, bump=0.3, scale=14.0
        )
        st.mesh("roof", *st.grid(cols * 6, rows * 4, at), clay)
        st.block(
            "eaves",
            (-half - 0.4, -out, TOP + 0.02),
            (half + 0.4, 0.3, TOP + 0.07),
            self.frame,
            0.01,
        )
        o.boxes(
            "rafters",
            [
                ((x, -out + 0.05, TOP - 0.09), (x + 0.08, 0, TOP + 0.03))
                for x in np.arange(-half, half, 0.75).tolist()
            ],
            m.wood("oak", (0.2, 0.11, 0.05)),
        )
        copper = m.metal("gutter", (0.22, 0.15, 0.11), 0.5)
        st.tube(
            "gutter",
            [(-half - 0.4, -out - 0.05, TOP + 0.02), (half + 0.4, -out - 0.05, TOP + 0.02)],
            0.06,
            copper,
        )
        for s in (-1, 1):
            x = s * (half - 0.12)
            st.tube("pipe", [(x, -out, TOP), (x, -0.08, TOP - 0.35), (x, -0.08, 0.1)], 0.04, copper)
