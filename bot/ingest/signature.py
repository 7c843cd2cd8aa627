"""An article's signature: what makes two of a million texts candidates for being copies (``wire`` decides). Pure.

The library behind it is heavy, so this is imported where articles are read: in the worker process.
"""

from __future__ import annotations

from functools import cache

from datasketch import MinHash

from bot.ingest.values import Signature
from bot.ingest.wire import runs_of

SCHEME = "words5-affine32"
"""How bands are made: the runs of ``wire``, the permutations of the library, one value a band."""

SEED = 1
"""What the permutations grow from."""

BANDS = 32
"""How many bands a text has.

Two texts share one value with the probability of their resemblance: with a fifth of all their runs in common, 999 pairs
in 1,000 share a band.
"""


def signature_of(text: str) -> Signature:
    """Sign a text.

    Args:
        text: An article's text.

    Returns:
        Its signature; without bands where the text is too short to be told from another.
    """
    runs = runs_of(text)
    if not runs:
        return Signature(SCHEME, SEED, ())
    signature = _empty().copy()
    signature.update_batch([run.encode() for run in runs])
    return Signature(SCHEME, SEED, tuple(int(value) for value in signature.hashvalues))


@cache
def _empty() -> MinHash:
    return MinHash(num_perm=BANDS, seed=SEED, scheme="affine32")
