"""The tables, and nothing else: what is kept, and which keys make a step idempotent.

Choices are kept as words under a CHECK constraint (table models of SQLModel do not validate, and
enums would be stored by name). Days without a time are dates; moments are UTC. No unique key holds
a NULL: no topic is 0. A row gets its ``id`` from the database when it is kept.
"""

from storage.tables.articles import Article, ArticleAddress, ArticleVersion, Band, Story
from storage.tables.base import now
from storage.tables.chats import Admission, Chat, SilencedStory, Subscription
from storage.tables.outbox import ClosedTopic, Delivery, Digest, SentMessage
from storage.tables.pairs import JudgeDay, Judgement, Reversal, Review
from storage.tables.roster import Membership, OfficeChange, Organization, Person, RosterVersion
from storage.tables.sources import Intake, OperatorNotice, Source, SourceRequest
from storage.tables.statements import Amendment, Mention, Objection, Posting, Rewording, Statement

__all__ = [
    "Admission",
    "Amendment",
    "Article",
    "ArticleAddress",
    "ArticleVersion",
    "Band",
    "Chat",
    "ClosedTopic",
    "Delivery",
    "Digest",
    "Intake",
    "JudgeDay",
    "Judgement",
    "Membership",
    "Mention",
    "Objection",
    "OfficeChange",
    "OperatorNotice",
    "Organization",
    "Person",
    "Posting",
    "Reversal",
    "Review",
    "Rewording",
    "RosterVersion",
    "SentMessage",
    "SilencedStory",
    "Source",
    "SourceRequest",
    "Statement",
    "Story",
    "Subscription",
    "now",
]
