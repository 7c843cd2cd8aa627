"""The Bot API's methods: each checks what Telegram checks, changes the world and gives the result object."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.botapi.markup import Entity, MarkupError, parse_html, utf16_length
from tests.botapi.world import ADMINISTRATORS, GENERAL_TOPIC, Chat, InlineQuery, Message, Press, User

TEXT_LIMIT, CAPTION_LIMIT, ENTITY_LIMIT = 4096, 1024, 100
CALLBACK_BYTES, COPY_LIMIT, BUTTON_LIMIT = 64, 256, 100
CALLBACK_ANSWER_LIMIT = 200
BOT = {"id": 7000000001, "is_bot": True, "first_name": "Citaatwacht", "username": "citaatwacht_bot"}

Parameters = dict[str, Any]


class Refusal(Exception):
    """The method fails as Telegram lets it fail."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class World:
    """What the methods know and change."""

    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.webhook: Parameters = {}
        self._last_number = 0

    def number(self) -> int:
        """Count on: the ids of messages, updates and queries."""
        self._last_number += 1
        return self._last_number

    def header(self, message: Message) -> Parameters:
        """The Message object as answers and updates carry it."""
        out: Parameters = {
            "message_id": message.id,
            "date": int(time.time()),
            "chat": message.chat.as_json(),
            "from": message.sender.as_json() if message.sender else BOT,
        }
        if message.topic_id:
            out |= {"message_thread_id": message.topic_id, "is_topic_message": True}
        if message.keyboard:
            out["reply_markup"] = {"inline_keyboard": message.keyboard}
        key = "caption" if message.file else "text"
        if message.text:
            out |= {key: message.text, f"{key}_entities" if message.file else "entities": _json_of(message.entities)}
        if message.file:
            out["document"] = {"file_id": "1", "file_unique_id": "1", "file_name": message.file[0]}
        if message.edits:
            out["edit_date"] = int(time.time())
        reply = message.chat.messages.get(message.reply_to or 0)
        if reply:
            out["reply_to_message"] = self.header(reply)
        return out | {key: value for key, value in message.header.items() if key != "service"}


def get_me(world: World, parameters: Parameters) -> Any:
    return BOT | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
    }


def set_my_commands(world: World, parameters: Parameters) -> Any:
    commands = parameters["commands"]
    if len(commands) > 100:
        raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name, description = command["command"], command["description"]
        if not (1 <= len(name) <= 32 and name.replace("_", "").isalnum() and name == name.lower() and name.isascii()):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    scope = parameters.get("scope", {}).get("type", "default")
    world.commands[f"{scope}:{parameters.get('language_code', '')}"] = commands
    return True


def get_my_commands(world: World, parameters: Parameters) -> Any:
    scope = parameters.get("scope", {}).get("type", "default")
    return world.commands.get(f"{scope}:{parameters.get('language_code', '')}", [])


def set_webhook(world: World, parameters: Parameters) -> Any:
    world.webhook = parameters if parameters.get("url") else {}
    return True


def delete_webhook(world: World, parameters: Parameters) -> Any:
    world.webhook = {}
    return True


def get_webhook_info(world: World, parameters: Parameters) -> Any:
    return {"url": world.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}


def send_message(world: World, parameters: Parameters) -> Any:
    chat, topic_id = _addressed(world, parameters)
    text, entities = _text(parameters, "text", TEXT_LIMIT)
    return _sent(world, chat, topic_id, text, entities, parameters)


def send_document(world: World, parameters: Parameters) -> Any:
    return _send_file(world, parameters, "document")


def send_photo(world: World, parameters: Parameters) -> Any:
    return _send_file(world, parameters, "photo")


def edit_message_text(world: World, parameters: Parameters) -> Any:
    message = _to_edit(world, parameters)
    text, entities = _text(parameters, "text", TEXT_LIMIT)
    keyboard = _keyboard(parameters)
    if (text, entities, keyboard) == (message.text, message.entities, message.keyboard):
        raise Refusal(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
            "same as a current content and reply markup of the message",
        )
    message.text, message.html, message.entities, message.keyboard = text, parameters["text"], entities, keyboard
    message.edits += 1
    return world.header(message)


def edit_message_reply_markup(world: World, parameters: Parameters) -> Any:
    message = _to_edit(world, parameters)
    keyboard = _keyboard(parameters)
    if keyboard == message.keyboard:
        raise Refusal(400, "Bad Request: message is not modified")
    message.keyboard = keyboard
    message.edits += 1
    return world.header(message)


def delete_message(world: World, parameters: Parameters) -> Any:
    chat, _ = _addressed(world, parameters)
    message = chat.messages.get(parameters["message_id"])
    if message is None or message.is_deleted:
        raise Refusal(400, "Bad Request: message to delete not found")
    message.is_deleted = True
    return True


def answer_callback_query(world: World, parameters: Parameters) -> Any:
    press = world.presses.get(str(parameters["callback_query_id"]))
    if press is None or press.answer is not None:
        raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    if utf16_length(str(parameters.get("text", ""))) > CALLBACK_ANSWER_LIMIT:
        raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
    press.answer = parameters
    return True


def answer_inline_query(world: World, parameters: Parameters) -> Any:
    query = world.inline_queries.get(str(parameters["inline_query_id"]))
    if query is None or query.answer is not None:
        raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    results = parameters["results"]
    if len(results) > 50:
        raise Refusal(400, "Bad Request: RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) != len(results):
        raise Refusal(400, "Bad Request: RESULT_ID_DUPLICATE")
    for result in results:
        if not 1 <= len(result["id"].encode()) <= 64:
            raise Refusal(400, "Bad Request: RESULT_ID_INVALID")
        _text(result.get("input_message_content", {}), "message_text", TEXT_LIMIT)
        _keyboard(result)
    query.answer = parameters
    return True


def get_chat(world: World, parameters: Parameters) -> Any:
    chat, _ = _addressed(world, parameters)
    return chat.as_json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}


def get_chat_member(world: World, parameters: Parameters) -> Any:
    chat, _ = _addressed(world, parameters)
    user_id = parameters["user_id"]
    if user_id == BOT["id"]:
        return member(BOT, chat.bot_status)
    user = world.users.get(user_id)
    if user is None:
        raise Refusal(400, "Bad Request: PARTICIPANT_ID_INVALID")
    return member(user.as_json(), chat.members.get(user_id, "left"))


def get_chat_administrators(world: World, parameters: Parameters) -> Any:
    chat, _ = _addressed(world, parameters)
    if chat.kind == "private":
        raise Refusal(400, "Bad Request: there are no administrators in the private chat")
    return [
        member(world.users[user_id].as_json(), status)
        for user_id, status in chat.members.items()
        if status in ADMINISTRATORS
    ]


def leave_chat(world: World, parameters: Parameters) -> Any:
    chat, _ = _addressed(world, parameters)
    chat.bot_status = "left"
    return True


def send_chat_action(world: World, parameters: Parameters) -> Any:
    _addressed(world, parameters)
    return True


METHODS: dict[str, Callable[[World, Parameters], Any]] = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
}
"""All that is served but getUpdates, which waits and is the server's own."""

_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def _addressed(world: World, parameters: Parameters) -> tuple[Chat, int | None]:
    """The chat and topic that a request is for, if the bot may write there."""
    chat = world.chats.get(parameters.get("chat_id", 0))
    if chat is None:
        raise Refusal(400, "Bad Request: chat not found")
    if chat.migrated_to:
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.migrated_to,
        )
    if chat.bot_status == "unmet":
        raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
    if chat.bot_status == "kicked" and chat.kind == "private":
        raise Refusal(403, "Forbidden: bot was blocked by the user")
    if chat.bot_status == "kicked":
        raise Refusal(403, f"Forbidden: bot was kicked from the {chat.kind} chat")
    if chat.bot_status == "left":
        raise Refusal(403, f"Forbidden: bot is not a member of the {chat.kind} chat")
    topic_id = parameters.get("message_thread_id")
    if topic_id is not None and (chat.topics is None or topic_id not in chat.topics or topic_id == GENERAL_TOPIC):
        raise Refusal(400, "Bad Request: message thread not found")
    if topic_id in chat.closed_topics:
        raise Refusal(400, "Bad Request: TOPIC_CLOSED")
    return chat, topic_id


def _text(parameters: Parameters, key: str, limit: int) -> tuple[str, list[Entity]]:
    source = str(parameters.get(key, ""))
    mode = parameters.get("parse_mode")
    if mode not in (None, "HTML"):
        raise Refusal(400, f"Bad Request: this server reads HTML only, not {mode}")
    try:
        text, entities = parse_html(source) if mode else (source.strip(), [])
    except MarkupError as error:
        raise Refusal(400, f"Bad Request: {error}") from error
    if not text and key != "caption":
        raise Refusal(400, "Bad Request: message text is empty")
    if utf16_length(text) > limit:
        raise Refusal(400, f"Bad Request: message {'caption ' if key == 'caption' else ''}is too long")
    if len(entities) > ENTITY_LIMIT:
        # Telegram drops what is over without a word; a test should hear of it.
        raise Refusal(400, f"Bad Request: {len(entities)} entities, of which Telegram would drop all after 100")
    return text, entities


def _keyboard(parameters: Parameters) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = parameters.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTON_LIMIT:
        raise Refusal(400, "Bad Request: reply markup is too long")
    for button in buttons:
        _check_button(button)
    return [row for row in rows if row]


def _check_button(button: dict[str, Any]) -> None:
    if not button.get("text"):
        raise Refusal(400, "Bad Request: can't parse inline keyboard button: Text buttons must be non-empty")
    purposes = [key for key in ("callback_data", "url", "copy_text", "switch_inline_query") if key in button]
    if len(purposes) != 1:
        raise Refusal(400, "Bad Request: can't parse inline keyboard button: exactly one purpose is needed")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= CALLBACK_BYTES:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if "url" in button and not button["url"].startswith(("http://", "https://", "tg://")):
        raise Refusal(400, "Bad Request: BUTTON_URL_INVALID")
    if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= COPY_LIMIT:
        raise Refusal(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")


def _sent(
    world: World,
    chat: Chat,
    topic_id: int | None,
    text: str,
    entities: list[Entity],
    parameters: Parameters,
    file: tuple[str, bytes] | None = None,
) -> Any:
    reply = parameters.get("reply_parameters", {})
    reply_to = reply.get("message_id")
    if reply_to is not None and reply_to not in chat.messages:
        if not reply.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        reply_to = None
    message = Message(
        chat=chat,
        id=world.number(),
        text=text,
        html=str(parameters.get("text", parameters.get("caption", ""))),
        entities=entities,
        topic_id=topic_id,
        keyboard=_keyboard(parameters),
        is_silent=parameters.get("disable_notification", False) is True,
        reply_to=reply_to,
        file=file,
    )
    chat.messages[message.id] = message
    return world.header(message)


def _send_file(world: World, parameters: Parameters, key: str) -> Any:
    chat, topic_id = _addressed(world, parameters)
    text, entities = _text(parameters, "caption", CAPTION_LIMIT)
    file = parameters.get(key)
    if not isinstance(file, tuple) or not file[1]:
        raise Refusal(400, f"Bad Request: there is no {key} in the request")
    return _sent(world, chat, topic_id, text, entities, parameters, file)


def _to_edit(world: World, parameters: Parameters) -> Message:
    chat, _ = _addressed(world, parameters)
    message = chat.messages.get(parameters.get("message_id", 0))
    if message is None or message.is_deleted:
        raise Refusal(400, "Bad Request: message to edit not found")
    if not message.is_from_bot:
        raise Refusal(400, "Bad Request: message can't be edited")
    return message


def member(user: dict[str, Any], status: str) -> dict[str, Any]:
    """The ChatMember object of a user with that status."""
    out: dict[str, Any] = {"user": user, "status": status}
    if status in ADMINISTRATORS:
        out["is_anonymous"] = False
    if status == "administrator":
        out |= {"can_be_edited": False, **dict.fromkeys(_RIGHTS, True)}
    if status == "kicked":
        out["until_date"] = 0
    return out


_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def _json_of(entities: list[Entity]) -> list[dict[str, object]]:
    return [entity.as_json() for entity in entities]
