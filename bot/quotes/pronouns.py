"""Whom a pronoun means: by gender, number, recency, subjects first."""

from __future__ import annotations

from math import log2

from bot.quotes.cast import NOBODY, Cast, Entity, Occurrence, Resolution
from bot.quotes.mention import Mention

# Weights of what makes somebody the likelier antecedent of a pronoun; set on the development articles.
_SUBJECT, _OBLIQUE, _UNKNOWN_GENDER, _ONLY_DESCRIBED = 0.95, 0.5, 0.6, 0.4
_PER_DOUBLED_DISTANCE, _PER_PARAGRAPH, _SPOKE, _OFTEN, _CENTRE = 1.1, 0.15, 0.3, 0.05, 0.4

_OWN_SENTENCE = 0.95

_CLEAR = 0.8
"""A lead over the next candidate that leaves little doubt."""


class PronounResolver:
    """Resolves pronouns.

    Args:
        cast: The people of the text.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def resolve(
        self, mention: Mention, sentence: int, paragraph: int, words: str, others: frozenset[str] = frozenset()
    ) -> Resolution:
        """Say whom a pronoun means: none of the ``others``, nor who would speak of himself by name in ``words``."""
        if mention.plural or mention.surface.lower().endswith(" twee"):
            return self._the_two(anywhere=mention.surface.lower() not in ("zij", "ze", "hen", "hun"))
        if mention.demonstrative:
            return self._resolve_demonstrative(sentence, latest="laatst" in mention.surface.lower())
        scores: dict[str, float] = {}
        fitting = [o for o in self.cast.recent if self._may_mean(mention, o.entity) and o.entity.key not in others]
        candidates = [o for o in fitting if o.entity.is_human]
        # Where no person is known, a name may turn out to be one's.
        candidates = candidates or [o for o in fitting if o.entity.names]
        candidates = [o for o in candidates if not self.cast.names_himself(o.entity, words)] or candidates
        for occurrence in candidates:
            entity = occurrence.entity
            distance = sentence - occurrence.sentence
            score = _SUBJECT * occurrence.is_subject - _OBLIQUE * occurrence.is_oblique
            if occurrence.is_subject and distance == 1:
                score += _CENTRE
            else:
                score -= _UNKNOWN_GENDER * (entity.gender is None)
                score -= _ONLY_DESCRIBED * (not entity.names and not entity.person)
            score -= _PER_DOUBLED_DISTANCE * log2(1 + distance)
            score -= _PER_PARAGRAPH * (paragraph - occurrence.paragraph)
            # "Vos wijst naar de kabinetten die volgens hem faalden": rather somebody of the same sentence.
            own = not distance and mention.after_preposition == "volgens" and not occurrence.is_oblique
            score += _OWN_SENTENCE * (own and not occurrence.is_subject)
            score += _SPOKE * (entity.key in self.cast.spoke) + _OFTEN * min(6, self.cast.times[entity.key])
            scores[entity.key] = max(score, scores.get(entity.key, -99.0))
        if not scores:
            return NOBODY
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        margin = ranked[0][1] - ranked[1][1] if len(ranked) > 1 else 3.0
        chosen = self.cast.entities[ranked[0][0]]
        # "Een foto waarop zij een vlag hijsen": "zij" may as well mean many, and a verb far off does not tell.
        tells = mention.surface.lower() not in ("ze", "zij")
        if chosen.gender is None and margin >= _CLEAR and tells:
            chosen.gender = mention.gender
        return Resolution((chosen,), 0.93 if margin >= _CLEAR else 0.85 if margin >= 0.4 else 0.7)

    def _resolve_demonstrative(self, sentence: int, *, latest: bool) -> Resolution:
        """Resolve "die" and "laatstgenoemde": whom the sentence before told of last, after its subject if it can be."""
        humans = [o for o in self.cast.recent if o.entity.is_human and not o.entity.is_plural]
        if not humans:
            return NOBODY
        before = [o for o in humans if o.sentence == sentence - 1]
        subjects = {o.entity.key for o in before if o.is_subject}
        first = next((index for index, o in enumerate(before) if o.entity.key in subjects), 0)
        after_subject = [o for o in before[first:] if o.entity.key not in subjects]
        near = [o.entity for o in after_subject or before]
        # "een brief van Vos, waarin die belooft": nearer still is who stands in the same sentence.
        near += [o.entity for o in humans if o.sentence == sentence and o.is_oblique and not latest]
        return Resolution((near[-1] if near else humans[-1].entity,), 0.85 if latest and near else 0.8)

    def _may_mean(self, mention: Mention, entity: Entity) -> bool:
        return not entity.is_plural and entity.gender in (mention.gender, None)

    def _the_two(self, *, anywhere: bool) -> Resolution:
        """Resolve "beiden": the two people who were mentioned last, or the group.

        "Zij" and "hun" may as well mean people whom no mention stands for ("wie nu wacht"): they mean two of the text
        only where one sentence told of both, neither of them in the background.
        """
        found: list[Occurrence] = []
        for occurrence in reversed(self.cast.recent):
            entity = occurrence.entity
            if entity.is_plural:
                return Resolution((entity,), 0.7)
            if entity.is_human and all(entity is not one.entity for one in found):
                found.append(occurrence)
            if len(found) == 2:
                together = found[0].sentence == found[1].sentence and not any(one.is_oblique for one in found)
                return Resolution(tuple(one.entity for one in reversed(found)), 0.7) if anywhere or together else NOBODY
        return NOBODY
