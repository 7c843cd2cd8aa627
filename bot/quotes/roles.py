"""Whom a role means: "de minister van Financiën", "haar voorganger", "de PV'er"."""

from __future__ import annotations

from datetime import date

from bot.quotes.cast import NOBODY, Cast, Entity, Resolution
from bot.quotes.mention import Mention
from bot.quotes.roster import Membership

ROLES_OF_TITLE: dict[str, tuple[str, ...]] = {
    "minister": ("minister",),
    "vakminister": ("minister",),
    "excellentie": ("minister", "staatssecretaris"),
    "staatssecretaris": ("staatssecretaris",),
    "bewindsman": ("minister", "staatssecretaris"),
    "bewindsvrouw": ("minister", "staatssecretaris"),
    "bewindspersoon": ("minister", "staatssecretaris"),
    "collega": ("minister", "staatssecretaris"),
    "premier": ("minister-president",),
    "minister-president": ("minister-president",),
    "regeringsleider": ("minister-president",),
    "regeringschef": ("minister-president",),
    "vicepremier": ("vicepremier",),
    "viceminister-president": ("vicepremier",),
    "partijleider": ("partijleider",),
    "leider": ("partijleider",),
    "leidster": ("partijleider",),
    "voorman": ("partijleider",),
    "voorvrouw": ("partijleider",),
    "leidsman": ("partijleider",),
    "fractievoorzitter": ("fractievoorzitter",),
    "fractieleider": ("fractievoorzitter",),
    "lijsttrekker": ("lijsttrekker", "partijleider"),
    "oud-minister": ("minister",),
    "oud-premier": ("minister-president",),
    "oud-staatssecretaris": ("staatssecretaris",),
}
"""The roles of the roster that a title in a text stands for."""

_OFFICES_OF_SEVERAL: dict[str, tuple[str, ...]] = {
    "ministers": ("minister", "minister-president"),
    "staatssecretarissen": ("staatssecretaris",),
    "bewindslieden": ("minister", "staatssecretaris", "minister-president"),
    "bewindspersonen": ("minister", "staatssecretaris", "minister-president"),
    "vicepremiers": ("vicepremier",),
    "partijleiders": ("partijleider",),
    "fractievoorzitters": ("fractievoorzitter",),
}
"""The roles of the roster that a title of several people stands for."""

TITLES_OF_POLITICIANS = frozenset(
    {*ROLES_OF_TITLE, "kamerlid", "oud-kamerlid", "politicus", "politica", "oud", "partijgenoot", "partijgenote"}
    | {"ministers", "staatssecretarissen", "vicepremiers", "opvolger", "voorganger", "coalitiegenoot", "naamgenoot"}
    | {"demonym", "informateur", "opvolgster", "voorgangster", "ambtgenoot", "ambtgenote", "kandidaat", "kamerleden"}
)
"""Titles that do not speak against somebody of the roster."""


class RoleResolver:
    """Resolves roles at a date and against who is in the text.

    Args:
        cast: The people of the text.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def resolve(self, mention: Mention, day: date) -> Resolution:
        """Say whom a role means on a day."""
        title = mention.titles[0] if mention.titles else ""
        if mention.surface.lower().startswith(("beide ", "de twee ")) and title in _OFFICES_OF_SEVERAL:
            return self._the_two(title, day)
        if mention.indefinite or title in self.cast.lexicon.bodies:
            return Resolution((self.cast.described(mention),), 0.9)
        if title in ("voorganger", "voorgangster", "opvolger", "opvolgster"):
            return self._successor(mention, day, before=title.startswith("voor"))
        if title in ("politica", "politicus", "demonym") or (mention.party and title not in ROLES_OF_TITLE):
            return self._by_party(mention, day)
        if title in ROLES_OF_TITLE:
            return self._by_office(mention, title, day)
        if title.startswith("oud-"):
            # "De oud-wethouder" tells more of whom the text was about just now.
            subject = self.cast.last_subject()
            if subject is not None and self.cast.fits_gender(subject, mention):
                return Resolution((subject,), 0.75)
        return self._by_title(mention, title)

    def _the_two(self, title: str, day: date) -> Resolution:
        """Resolve "beide bewindslieden" to the two of that office who were named last."""
        holders = self.cast.index.holders(day, roles=_OFFICES_OF_SEVERAL[title])
        named = [entity for entity in self.cast.around() if entity.key in holders]
        if len(named) < 2:
            return NOBODY
        last = self.cast.latest(named)
        other = self.cast.latest([entity for entity in named if entity is not last])
        return Resolution((other, last), 0.8 if len(named) == 2 else 0.7)

    def _by_office(self, mention: Mention, title: str, day: date) -> Resolution:
        roles = ROLES_OF_TITLE[title]
        if "oud" in mention.titles or title.startswith("oud-"):
            return self._former(mention, roles, day)
        holders = self.cast.index.holders(day, roles=roles, portfolio=mention.portfolio, party=mention.party)
        if not holders and mention.party and "partijleider" in roles:
            holders = self.cast.index.holders(day, roles=("fractievoorzitter",), party=mention.party)
        if mention.gender:
            holders = {person_id for person_id in holders if self.cast.gender_of(person_id) in (mention.gender, None)}
        others = [e for e in self.cast.around() if e.person is None and title in e.titles and not mention.portfolio]
        named = [self.cast.entities[person_id] for person_id in holders if person_id in self.cast.entities]
        if mention.possessive:
            # "zijn minister" is not the one who was just the subject.
            subject = self.cast.last_subject()
            named = [entity for entity in named if entity is not subject] or named
        if len(holders) == 1 and not others:
            return Resolution((self.cast.entity(next(iter(holders))),), 0.95)
        if named or others:
            meant = self.cast.foremost([*named, *others])
            return Resolution((meant,), 0.92 if len(named) + len(others) == 1 else 0.8)
        if title == "collega" or mention.possessive:
            return Resolution((self.cast.described(mention),), 0.6)
        return NOBODY

    def _former(self, mention: Mention, roles: tuple[str, ...], day: date) -> Resolution:
        """Resolve "de oud-minister": someone in the text who held the office before."""

        def was(entity: Entity) -> bool:
            rows = self.cast.index.roster.memberships_of(entity.key)
            return any(row.role in roles and row.end is not None and row.end <= day for row in rows)

        named = [entity for entity in self.cast.around() if was(entity) and self.cast.fits_gender(entity, mention)]
        titled = [e for e in self.cast.around() if e.person is None and set(mention.titles) <= set(e.titles)]
        if named or titled:
            return Resolution((self.cast.latest([*named, *titled]),), 0.85)
        return Resolution((self.cast.described(mention),), 0.6)

    def _by_party(self, mention: Mention, day: date) -> Resolution:
        """Resolve "de PV'er" or "de CSA-politica" to the member of that party who was named last."""

        def belongs(entity: Entity) -> bool:
            party = self.cast.party_of(entity.key, day) if entity.person else entity.party
            return party is not None and (party == mention.party or mention.party is None)

        title = mention.titles[0] if mention.titles else ""
        named = [e for e in self.cast.around() if e.is_human and belongs(e) and self.cast.fits_gender(e, mention)]
        titled = [e for e in named if title in e.titles]
        if title not in ("politica", "politicus", "demonym") and titled:
            return Resolution((self.cast.latest(titled),), 0.9)
        if named and title in ("politica", "politicus", "demonym", "partijgenoot"):
            return Resolution((self.cast.latest(named),), 0.92)
        return Resolution((self.cast.described(mention),), 0.7)

    def _by_title(self, mention: Mention, title: str) -> Resolution:
        """Resolve "de burgemeester" to who bore that title in the text."""
        matching = [e for e in self.cast.around() if title in e.titles and self.cast.fits_gender(e, mention)]
        if matching and not mention.complement and not mention.possessive:
            return Resolution((self.cast.latest(matching),), 0.9)
        return Resolution((self.cast.described(mention),), 0.85)

    def _successor(self, mention: Mention, day: date, *, before: bool) -> Resolution:
        """Resolve "haar voorganger" through the office of whom "haar" means."""
        owner = self.cast.last_subject()
        if owner is not None and owner.person is not None:
            found = self._neighbour_in_office(owner.key, day, before=before)
            if found:
                return Resolution((self.cast.entity(found),), 0.85)
        humans = [o.entity for o in self.cast.recent if o.entity.is_human and o.entity is not owner]
        return Resolution((humans[-1],), 0.6) if humans else Resolution((self.cast.described(mention),), 0.6)

    def _neighbour_in_office(self, person_id: str, day: date, *, before: bool) -> str | None:
        best: Membership | None = None
        for own in self.cast.index.roster.memberships_of(person_id):
            for row in self.cast.index.roster.memberships:
                if row.person_id == person_id or row.acting or row.role != own.role:
                    continue
                same = row.portfolio == own.portfolio and (
                    row.portfolio is not None or row.organization_id == own.organization_id
                )
                if not same or own.start is None or row.start is None:
                    continue
                fits = row.start < own.start if before else own.start < row.start
                if fits and (best is None or best.start is None or (row.start > best.start) == before):
                    best = row
            if best is not None:
                break
        return best.person_id if best else None
