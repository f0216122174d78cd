"""The two messages that a DNS rung needs: a question for IPv4 addresses and its answer. Pure, bounded.

The system's own lookup can not be told which resolver to ask, and a library for all of DNS would be many times the
size of this on every classroom machine.
"""

from __future__ import annotations

import ipaddress
import struct

MESSAGE_MAX_BYTES = 4096
_ANSWERS_MAX = 64
_TYPE_A = 1
_CLASS_IN = 1
_RECURSION_DESIRED = 0x0100
_IS_ANSWER = 0x8000
_POINTER = 0xC0


class BadAnswerError(ValueError):
    """The bytes are no answer to the question."""


def question(number: int, name: str) -> bytes:
    """Asks for the addresses of `name`. UnicodeError or ValueError for what can't be a name."""
    labels = [label.encode("idna") for label in name.rstrip(".").split(".")]
    if not all(1 <= len(label) <= 63 for label in labels) or sum(map(len, labels)) + len(labels) > 253:
        raise ValueError(name)
    written = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack("!6H", number, _RECURSION_DESIRED, 1, 0, 0, 0) + written + struct.pack("!2H", _TYPE_A, _CLASS_IN)


def addresses_in(answer: bytes, asked: bytes) -> tuple[int, list[str]]:
    """The response code (0 fine, 2 server failure, 3 no such name ...) and the addresses, sorted. BadAnswerError."""
    try:
        number, flags, questions, answers, _, _ = struct.unpack_from("!6H", answer)
        if number != struct.unpack_from("!H", asked)[0] or not flags & _IS_ANSWER or questions != 1:
            raise BadAnswerError("not an answer to this question")
        if answer[12 : len(asked)].lower() != asked[12:].lower():
            raise BadAnswerError("an answer to another question")
        return flags & 0xF, sorted(_addresses(answer, len(asked), min(answers, _ANSWERS_MAX)))
    except (struct.error, IndexError) as error:
        raise BadAnswerError("cut short") from error


def _addresses(answer: bytes, at: int, count: int) -> set[str]:
    found: set[str] = set()
    for _ in range(count):
        at = _past_name(answer, at)
        kind, group, _, length = struct.unpack_from("!HHIH", answer, at)
        at += 10
        if kind == _TYPE_A and group == _CLASS_IN and length == 4:
            found.add(str(ipaddress.IPv4Address(answer[at : at + 4])))
        at += length
    return found


def _past_name(answer: bytes, at: int) -> int:
    """Where the name at `at` ends; a pointer ends it, so that there is no circle to follow."""
    while True:
        length = answer[at]
        if length & _POINTER == _POINTER:
            return at + 2
        at += 1 + length
        if length == 0:
            return at
