"""A DNS resolver that knows only its zone file, `{"name": "IPv4 address"}`, read anew at every question.

UDP only, which is what stub resolvers ask by. A name that is not in the zone does not exist; `*` stands for all
names, as with a resolver that lies. Writes `ready` once it listens.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
from pathlib import Path

HEADER = struct.Struct("!6H")
A, IN = 1, 1
NO_SUCH_NAME = 3
IS_RESPONSE_RECURSIVE = 0x8180
POINTER_TO_QUESTION = 0xC00C


def question_in(message: bytes) -> tuple[str, int, int]:
    """Name, type and end of the one question in `message`; ValueError or IndexError if there is none."""
    labels, at = [], HEADER.size
    while length := message[at]:
        if length > 63:
            raise ValueError("a compressed name in a question")
        labels.append(message[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    kind = int.from_bytes(message[at + 1 : at + 3], "big")
    return ".".join(labels).lower(), kind, at + 5


def answer_to(message: bytes, zone: dict[str, str]) -> bytes:
    """The whole answer; a known name without IPv4 being asked for has an empty one."""
    name, kind, end = question_in(message)
    address = zone.get(name, zone.get("*"))
    found = address is not None and kind == A
    flags = IS_RESPONSE_RECURSIVE | (0 if address else NO_SUCH_NAME)
    number = int.from_bytes(message[:2], "big")
    answer = HEADER.pack(number, flags, 1, int(found), 0, 0) + message[HEADER.size : end]
    if found and address:
        answer += struct.pack("!HHHIH", POINTER_TO_QUESTION, A, IN, 0, 4) + socket.inet_aton(address)
    return answer


def main() -> None:
    """Serves the address in the first argument from the zone file in the second, until it is killed."""
    address, zone_file = sys.argv[1], Path(sys.argv[2])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind((address, 53))
        print("ready", flush=True)
        while True:
            message, sender = link.recvfrom(4096)
            try:
                link.sendto(answer_to(message, json.loads(zone_file.read_text())), sender)
            except (ValueError, IndexError):
                continue  # not a question


if __name__ == "__main__":
    main()
