"""Telegram's side: commands and buttons, answered from storage.

``answer`` is the core, without Telegram in it: a ``Request`` in, an ``Answer`` out. ``register`` hangs it into a
python-telegram-bot application; the console asks it directly.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    CallbackQuery,
    Update,
)
from telegram.constants import ChatType
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.messages import LANGUAGES, Message, Reader, talk
from bot.messages.markup import html
from handlers.administrators import Administrators
from handlers.answering import answer
from handlers.commands import COMMANDS, Command, parse_line
from handlers.inline import Inline
from handlers.limiting import PRESS, Limiter
from handlers.membership import Membership
from handlers.services import Answer, Request, Services, reader_of
from handlers.transport import button_request, command_request, replace, send, takes_its_place, written_request
from storage.errors import StorageError

__all__ = ["COMMANDS", "Answer", "Command", "Request", "Services", "answer", "publish_commands", "register"]

log = structlog.get_logger(__name__)

Context = CallbackContext[Any, Any, Any, Any]


def register(application: Application[Any, Any, Any, Any, Any, Any], services: Services) -> None:
    """Hang all handlers into an application.

    Args:
        application: The application; not yet running.
        services: What answers are made from.
    """
    telegram = _Telegram(services)
    membership = Membership(services)
    # An edited message is no new question.
    new = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, membership.migrated))
    application.add_handler(MessageHandler(filters.COMMAND & new, telegram.command))
    application.add_handler(CallbackQueryHandler(telegram.button))
    application.add_handler(InlineQueryHandler(Inline(services).asked))
    application.add_handler(ChatMemberHandler(membership.changed, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(telegram.failed)


async def publish_commands(bot: Bot, administrators: Collection[int] = ()) -> None:
    """Put the commands into Telegram's menu, by scope and language; groups' members see those that read.

    A failure is logged and changes nothing else: the commands work without their menu.

    Args:
        bot: An initialised bot.
        administrators: Ids of the installation's administrators, who see their own commands in private as well.
    """
    everyones = [command for command in COMMANDS if not command.is_operators]
    reading = [command for command in everyones if not command.changes]
    await _publish(bot, BotCommandScopeAllPrivateChats(), everyones)
    await _publish(bot, BotCommandScopeAllGroupChats(), reading)
    await _publish(bot, BotCommandScopeAllChatAdministrators(), everyones)
    for user_id in sorted(administrators):
        await _publish(bot, BotCommandScopeChat(user_id), COMMANDS)


async def _publish(bot: Bot, scope: BotCommandScope, commands: Sequence[Command]) -> None:
    try:
        for language in LANGUAGES:
            reader = Reader(language)
            menu = [BotCommand(command.name_in(language), reader.label(command.description)) for command in commands]
            # The default language is for everyone whose own language we do not speak.
            code = None if language == LANGUAGES[0] else language
            await bot.set_my_commands(menu, scope=scope, language_code=code)
    except TelegramError as error:
        log.warning("a command menu was not set", scope=scope.type, reason=str(error))


class _Telegram:
    """Takes updates to the answers and the answers back."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._administrators = Administrators(services.database)
        self._limiter = Limiter()

    async def command(self, update: Update, context: Context) -> None:
        """Somebody wrote a command."""
        message = update.effective_message
        line = parse_line(message.text or "") if message else None
        if message is None or line is None:
            return
        if line.addressed_to not in (None, context.bot.username.lower()):
            return
        is_private = message.chat.type == ChatType.PRIVATE
        if line.command is None and line.addressed_to is None and not is_private:
            # In a group it is another bot's.
            return
        word = self._limiter.ask(_sender_of(update))
        if word == "no":
            return
        request = await command_request(update, context.bot, self._administrators)
        if word == "say_so":
            await self._say_too_many(context.bot, request)
            return
        answered = await answer(self._services, request)
        for reply in answered.messages:
            reply_to = None if is_private else message.message_id
            await send(context.bot, self._services, request, reply, reply_to=reply_to)

    async def button(self, update: Update, context: Context) -> None:
        """Somebody pressed a button."""
        query = update.callback_query
        if query is None:
            return
        word = self._limiter.ask(query.from_user.id, PRESS)
        if word != "yes":
            await _answer_press(query, talk.too_many(await self._reader(query)) if word == "say_so" else None)
            return
        request = await button_request(query, context.bot, self._administrators)
        if request is None:
            await _answer_press(query, talk.out_of_date(await self._reader(query)))
            return
        answered = await answer(self._services, request)
        beside = [*answered.posts]
        for message in answered.messages:
            if takes_its_place(query, message):
                await replace(query, message)
            else:
                beside.append(message)
        for message in beside:
            await send(context.bot, self._services, request, message, reply_to=request.message_id)
        await _answer_press(query, answered.notice)

    async def _say_too_many(self, bot: Bot, request: Request) -> None:
        reader = await reader_of(self._services, request)
        await send(bot, self._services, request, Message(html(talk.too_many(reader))))

    async def _reader(self, query: CallbackQuery) -> Reader:
        """Give for whom a button is answered before its request is made: the chat where it was pressed."""
        if query.message is None:
            return Reader()
        chat = query.message.chat
        return await reader_of(self._services, Request(chat.id, chat.type, chat.effective_name or ""))

    async def failed(self, update: object, context: Context) -> None:
        """Log what a handler did not expect, and say so politely to whoever asked."""
        if isinstance(context.error, NetworkError) and not isinstance(context.error, BadRequest):
            # The answer may have arrived nonetheless, and Telegram is not there to hear an apology.
            log.warning("Telegram did not answer", reason=str(context.error), **_about(update))
            return
        log.error("an update was not handled", exc_info=context.error, **_about(update))
        if not isinstance(update, Update):
            return
        try:
            await self._apologise(update, context)
        except TelegramError as error:
            log.warning("nor could that be said", reason=str(error))

    async def _apologise(self, update: Update, context: Context) -> None:
        if update.callback_query is not None:
            await _answer_press(update.callback_query, talk.went_wrong(await self._reader_in_trouble(update)))
        elif update.effective_message is not None and parse_line(update.effective_message.text or ""):
            apology = html(talk.went_wrong(await self._reader_in_trouble(update)))
            await send(context.bot, self._services, written_request(update), Message(apology))

    async def _reader_in_trouble(self, update: Update) -> Reader:
        """Give who is apologised to: the chat, or, where the database is the trouble, whoever asks in their app."""
        chat, user = update.effective_chat, update.effective_user
        try:
            if chat is not None:
                return await reader_of(self._services, Request(chat.id, chat.type, chat.effective_name or ""))
        except StorageError as error:
            log.warning("the language of a chat could not be read", reason=str(error), **_about(update))
        return Reader(((user and user.language_code) or LANGUAGES[0]).partition("-")[0])


def _sender_of(update: Update) -> int:
    """Give who asks: a user, or the chat in whose name somebody writes, since Telegram gives those one user."""
    message = update.effective_message
    if message is not None and message.sender_chat is not None:
        return message.sender_chat.id
    return update.effective_user.id if update.effective_user else 0


async def _answer_press(query: CallbackQuery, notice: str | None) -> None:
    """Let the pressed button come to rest, with a notice if there is one."""
    try:
        await query.answer(notice, show_alert=notice is not None)
    except BadRequest as refused:
        # It was pressed too long ago (the bot was down): nobody waits for this any more.
        log.info("a pressed button was not answered", reason=str(refused))


def _about(update: object) -> dict[str, int]:
    """What the log says of an update: ids only, never what somebody is working on."""
    if not isinstance(update, Update):
        return {}
    about = {"update_id": update.update_id}
    if update.effective_chat is not None:
        about["chat_id"] = update.effective_chat.id
    return about
