"""A mail server for tests, by aiosmtpd: what it is given it writes out, one JSON object a line.

A line on its standard input says how it takes what follows:

    accept   take it
    later    refuse whoever it is for, for now (451)
    refuse   refuse whoever it is for, for good (550)
    break    take it whole, and hang up without a word
    hold     take it whole, and say nothing
"""

import asyncio
import email
import email.policy
import json
import sys
import threading

from aiosmtpd.smtp import SMTP


def tell(**what):
    print(json.dumps(what), flush=True)


class Sink:
    mode = "accept"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode == "later":
            tell(refused=address)
            return "451 come back later"
        if self.mode == "refuse":
            tell(refused=address)
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        tell(
            to=envelope.rcpt_tos,
            sender=envelope.mail_from,
            type=message.get_content_type(),
            head=[[name.lower(), str(value)] for name, value in message.items()],
            text=parts.get("text/plain", ""),
            html=parts.get("text/html", ""),
        )
        if self.mode == "break":
            server.transport.abort()
        elif self.mode == "hold":
            await asyncio.sleep(3600)
        return "250 OK"


async def main():
    sink = Sink()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(sink, hostname="sink"), "127.0.0.1", 0)
    tell(port=listening.sockets[0].getsockname()[1])
    ended = asyncio.Event()

    def listen():
        for line in sys.stdin:
            sink.mode = line.strip()
            tell(mode=sink.mode)
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=listen, daemon=True).start()
    await ended.wait()


asyncio.run(main())
