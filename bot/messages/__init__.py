"""From values to what a person reads: texts in Dutch and English, and the buttons under them.

Every function takes the ``Reader`` first and gives ``Message`` values that Telegram and the console show
alike. What is shown comes as values of the protocols in ``bot.messages.shown``, which storage's records meet.
"""

from bot.messages.alerts import alert
from bot.messages.quotes import quotes_page
from bot.messages.reader import LANGUAGES, Reader
from bot.messages.reversals import reversal_message, reversals_page
from bot.messages.reviewing import correction
from bot.messages.values import Button, Message

__all__ = [
    "LANGUAGES",
    "Button",
    "Message",
    "Reader",
    "alert",
    "correction",
    "quotes_page",
    "reversal_message",
    "reversals_page",
]
