"""A box that looks into TLS, as some schools have: the router hands it every connection to port 443.

It answers in the host's place with a certificate of its own maker, opens TLS to the real host, and passes on what
it reads. It believes every certificate that it sees itself, as careless boxes do. Writes `ready` once it listens.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import ssl
from pathlib import Path

ORIGINAL_DESTINATION = 80
"""SO_ORIGINAL_DST: where the connection was going before the router redirected it."""
CHUNK_BYTES = 65_536


def destination(connection: socket.socket) -> tuple[str, int]:
    """Address and port that the client meant."""
    raw = connection.getsockopt(socket.IPPROTO_IP, ORIGINAL_DESTINATION, 16)
    return socket.inet_ntoa(raw[4:8]), int.from_bytes(raw[2:4], "big")


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes on all that comes until either side closes."""
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def serve(client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
    """One connection, from hand to hand."""
    believing = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    believing.check_hostname = False
    believing.verify_mode = ssl.CERT_NONE
    address, port = destination(back.get_extra_info("socket"))
    name = getattr(back.get_extra_info("ssl_object"), "asked_for", None)
    try:
        server, forth = await asyncio.open_connection(address, port, ssl=believing, server_hostname=name or address)
    except OSError:
        back.close()
        return
    await asyncio.gather(pump(client, forth), pump(server, back))


def remember_name(connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
    """Keeps the name that the client asked for, to ask the real host for the same."""
    connection.asked_for = name  # type: ignore[union-attr]  # an attribute of our own


async def main() -> None:
    """Listens until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificate", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    arguments = parser.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(arguments.certificate, arguments.key)
    context.sni_callback = remember_name
    listener = await asyncio.start_server(serve, "", arguments.port, ssl=context)
    print("ready", flush=True)
    await listener.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
