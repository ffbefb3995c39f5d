"""A mail server that takes what it is given and tells, as JSON, what Python's own parser makes of it.

Prints its port, takes as many mails as the first argument says, prints them and ends.
"""

import json
import sys
import threading
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self, count):
        self.count, self.taken, self.done = count, [], threading.Event()

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 taken"


class Talk(SMTP):
    """One connection; the sink is done when the one that brought the last mail has ended, all its answers given."""

    def connection_lost(self, error):
        super().connection_lost(error)
        if len(self.event_handler.taken) >= self.event_handler.count:
            self.event_handler.done.set()


class Server(Controller):
    def factory(self):
        return Talk(self.handler, **self.SMTP_kwargs)


def told(mail_from, recipients, content):
    message = message_from_bytes(content, policy=policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    return {
        "from": mail_from,
        "content": content.decode("ascii"),
        "recipients": recipients,
        "longest_line": max(len(line) for line in content.split(b"\r\n")),
        "bare_line_ends": content.replace(b"\r\n", b"").count(b"\n"),
        "headers": [[name, str(value)] for name, value in message.items()],
        "type": message.get_content_type(),
        "types": [part.get_content_type() for part in message.walk()],
        "defects": [str(defect) for part in message.walk() for defect in part.defects],
        "parts": [
            {
                "type": part.get_content_type(),
                "charset": part.get_content_charset(),
                "id": part["content-id"],
                "file": part.get_filename(),
                "text": part.get_content() if part.get_content_maintype() == "text" else None,
                "bytes": None if part.get_content_maintype() == "text" else list(part.get_content()),
            }
            for part in parts
        ],
    }


sink = Sink(int(sys.argv[1]))
controller = Server(sink, hostname="127.0.0.1", port=0)
try:
    controller.start()
except ConnectionRefusedError:
    # Its own check of port 0 looks at that number, not at the one it was given; the server is up.
    pass
print(controller.server.sockets[0].getsockname()[1], flush=True)
sink.done.wait(120)
print(json.dumps([told(*taken) for taken in sink.taken]))
