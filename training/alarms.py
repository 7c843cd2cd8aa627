"""Count the false alarms over a stream of unlabelled statements, and print every flag for somebody to read.

Usage: ``python -m training.alarms [--debates TEXT.txt.xz ...] [--articles FOLDER] [--sentences 6000]``

The sentences of each debate, in their order and from its beginning, are taken for the words of one speaker, twenty a
day, so that most of what is flagged is no turn of anybody's: the real speakers are many. The annotated statements of
the articles, on the days of their articles, are those of their own speakers, one after the other. What is printed is
what ``citaatwacht replay`` would tell, so the threshold rises with the stream as it does in the bot.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.reversals import Utterance, Verdict, replay

SHARED = Path("..") / "shared"
DEBATES = (SHARED / "text" / "handelingen_tk.txt.xz", SHARED / "text" / "belgian_chamber_debates.txt.xz")
FIRST_DAY, A_DAY = date(2015, 1, 1), 20

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LENGTHS = range(4, 41)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What stands behind the command's name; by default that of the process.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--debates", nargs="*", type=Path, default=DEBATES, help="texts, a paragraph a line, in xz")
    parser.add_argument("--articles", type=Path, default=SHARED / "gold" / "articles", help="annotated articles")
    parser.add_argument("--sentences", type=int, default=6000, help="how many sentences of each debate")
    options = parser.parse_args(arguments)
    statements = flags = 0
    streams = {path.name: said_in(path, options.sentences) for path in options.debates}
    for name, stream in {**streams, **annotated(options.articles)}.items():
        told = replay(stream)
        statements, flags = statements + len(stream), flags + len(told)
        _print(f"{name}: {len(stream)} statements, {len(told)} flags")
        by_id = {utterance.id: utterance for utterance in stream}
        for verdict in told:
            _print(_told(verdict, by_id))
    _print(f"in all: {statements} statements, {flags} flags")
    return 0


def said_in(path: Path, count: int) -> list[Utterance]:
    """Give the first sentences of a debate as one speaker's.

    Args:
        path: Its paragraphs, a line each, packed by xz.
        count: How many sentences.
    """
    found = [sentence for sentence, _ in zip(_sentences(path), range(count), strict=False)]
    return [
        Utterance(f"{path.name}:{number}", text, said=FIRST_DAY + timedelta(days=number // A_DAY))
        for number, text in enumerate(found, 1)
    ]


def annotated(folder: Path) -> dict[str, list[Utterance]]:
    """Give the statements that are annotated in a folder of articles, by their speakers."""
    found: dict[str, list[Utterance]] = {}
    for path in sorted(folder.glob("*.json")):
        article = json.loads(path.read_text(encoding="utf-8"))
        day = datetime.fromisoformat(article["published_at"]).date()
        for item in article["statements"]:
            utterance = Utterance(f"{path.stem}:{item['start']}", item["quote"], item["kind"], item["cue"], day)
            found.setdefault(str(item["speaker"]), []).append(utterance)
    return found


def _sentences(path: Path) -> Iterator[str]:
    seen: set[str] = set()
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            for sentence in _SENTENCE_END.split(line.strip()):
                is_whole = len(sentence.split()) in _LENGTHS and sentence[0].isupper() and sentence[-1] in ".!?"
                if is_whole and sentence not in seen:
                    seen.add(sentence)
                    yield sentence


def _told(verdict: Verdict, by_id: dict[str, Utterance]) -> str:
    earlier, later = by_id[verdict.earlier_id], by_id[verdict.later_id]
    reason = next((item.reason for item in verdict.evidence), "")
    return f"  {verdict.label} {verdict.score:.2f} {reason}\n    toen: {earlier.text}\n    nu:   {later.text}"


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
