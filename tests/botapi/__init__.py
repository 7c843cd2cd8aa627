"""A Bot API server for tests: Telegram as the bot sees it, over HTTP on loopback.

python-telegram-bot, or any other client, speaks to it through ``base_url``::

    async with BotApiServer() as server:
        bot = ExtBot(server.token, base_url=server.base_url)
        anna = server.user("Anna")
        group = server.group("Redactie", members=[anna], administrators=[anna], topics={7: "Kabinet"})

        await server.say(group, anna, "/quotes Rutte", topic=7)       # an update waits for the bot
        message = await server.wait_for_message(group, "1 van")       # the bot's next message there
        press = await server.press(message, anna, "Volgende")         # a button, by words of its label
        await server.wait_for_edit(message)
        await server.wait_for_answer(press)                           # what answerCallbackQuery said

**People and chats**: ``user``, ``group`` (of any kind; ``topics`` make it a forum), ``say``, ``press``,
``press_data`` (forged or stale data), ``inline``, ``set_bot_status`` (added, promoted, removed, blocked, unblocked),
``upgrade`` (to a supergroup). Statuses and closed topics may be set on the values themselves
(``group.members[anna.id] = "administrator"``, ``group.closed_topics.add(7)``).

**What is checked**, with Telegram's own words in the refusal: the token, known chats, blocked and kicked, upgraded
groups, topics (General's thread id is refused), HTML, 4,096 and 1,024 UTF-16 code units after parsing, 64 bytes of
callback data, 256 characters in a copy button, addresses of buttons, one answer per button press, unchanged edits,
command menus. One thing is stricter: more than 100 entities are refused, where Telegram drops the rest silently.

**What can go wrong on demand**: ``fail(status, method=…, chat=…, times=…, share=…, retry_after=…, migrate_to=…)``,
``hang(seconds, …)``, both with ``takes_effect=True`` where only the answer is to be lost; ``stop()`` and ``start()``
for a server that dies and comes back on the same port; ``heal()``.

**What is remembered**: ``calls`` (method, parameters, monotonic time, status, whether it took effect), ``calls_of``,
``busiest(seconds, chat)`` for flood limits, each chat's ``messages`` with text, entities, keyboard and edits, and
``world.commands`` and ``world.webhook``. Updates go out by getUpdates (long polling, 409 for a second poller) or, once
setWebhook was called, by POST with the secret.

Texts are read as HTML or plain; other parse modes are refused. Privacy mode is not played: whatever is said is
delivered.
"""

from tests.botapi.markup import Entity, utf16_length
from tests.botapi.play import BotApiServer
from tests.botapi.server import TOKEN
from tests.botapi.world import ANONYMOUS_ADMINISTRATOR, Call, Chat, InlineQuery, Message, Press, User

__all__ = [
    "ANONYMOUS_ADMINISTRATOR",
    "TOKEN",
    "BotApiServer",
    "Call",
    "Chat",
    "Entity",
    "InlineQuery",
    "Message",
    "Press",
    "User",
    "utf16_length",
]
