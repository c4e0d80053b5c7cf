"""Process-wide settings that Rasa needs before it is imported.

Imported first by every entry point of the engine: telemetry stays off, and warnings of
pinned old libraries do not bury what operators must read. Citizens' text is written by
Rasa at debug level only; the default level here is warning.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import MutableMapping
from typing import Any

ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "GIT_PYTHON_REFRESH": "quiet",
}
for _name, _value in ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def configure() -> None:
    """Set log level and warning filters; sanic adds its own filter when imported."""
    import sanic  # noqa: F401

    warnings.filterwarnings("ignore")
    level = os.environ.get("LOG_LEVEL", "WARNING").upper()
    level = level if level in LEVELS else "WARNING"
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("matplotlib", "apscheduler", "socketio", "engineio", "sanic.access"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    # Their debug lines carry slot values, messages and frames of the web channel.
    for talkative in ("rasa", "rasa_sdk", "asyncio", "sanic.error", "aio_pika", "aiormq"):
        logging.getLogger(talkative).setLevel(max(logging.INFO, getattr(logging, level)))
    # Even its information lines hold the values of statements.
    logging.getLogger("sqlalchemy").setLevel(max(logging.WARNING, getattr(logging, level)))
    _keep_citizens_text_out(level)


def _keep_citizens_text_out(level: str) -> None:
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(
            # Rasa's structured logger carries messages: never below warning.
            max(logging.WARNING, getattr(logging, level))
        ),
        processors=[
            _drop_text,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


_CARRIERS = ("text", "message", "user_text", "parsed_data", "latest_message", "rasa_events", "json")


def _drop_text(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Removes the fields in which Rasa writes what citizens said."""
    return {key: value for key, value in event.items() if key not in _CARRIERS}
