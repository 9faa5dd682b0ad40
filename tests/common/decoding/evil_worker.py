"""A worker whose decoder does what a photo says: `crash`, `loop`, `sleep`, `hog`, `exit`, `lie`…"""

import itertools
import os
import signal
import time

import numpy as np

from stayrank_common.decoding import worker
from stayrank_common.decoding.pixels import Photo, decode
from stayrank_common.errors import UndecodablePhotoError


def obey(data, wanted, limits):
    rows, columns = (wanted.size[1], wanted.size[0]) if isinstance(wanted.size, tuple) else (1, 1)
    nothing = np.zeros((rows, columns, 3), np.uint8)
    answers = {
        b"larger": Photo(np.zeros((rows + 1, columns, 3), np.uint8), 5, 7, ()),
        b"lie": Photo(nothing, -5, 7, ()),
        b"shout": Photo(nothing, 5, 7, ("x" * 5000,)),
    }
    acts = {
        b"crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        b"exit": lambda: os._exit(3),
        b"hog": lambda: np.ones(2**40, np.uint8),
        b"loop": lambda: sum(itertools.repeat(0)),
        b"sleep": lambda: time.sleep(600),
        b"wait": lambda: time.sleep(0.3),
    }
    if data.startswith(b"complain"):
        raise UndecodablePhotoError("\x00\ud800\U0001f4a9" * 999)
    word = data.partition(b" ")[0]
    if word in acts:
        acts[word]()
        return Photo(nothing, 5, 7, ())
    return answers.get(word) or decode(data, wanted, limits)


if __name__ == "__main__":
    worker.main(obey)
