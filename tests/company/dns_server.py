"""A DNS server on the loopback that answers with the text records it was given."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset


@contextlib.contextmanager
def dns_server(texts: dict[str, list[str]]) -> Iterator[None]:
    """Let lookups of this process ask a server that knows these names alone; "silent." names get no answer at all."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            query = dns.message.from_wire(data)
            name = query.question[0].name.to_text(omit_final_dot=True)
            if "silent" in name:
                return
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if name in texts:
                quoted = [f'"{text}"' for text in texts[name]]
                answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *quoted))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            socket.sendto(answer.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        before = dns.resolver.default_resolver
        asked = dns.resolver.Resolver(configure=False)
        asked.nameservers, asked.port = ["127.0.0.1"], server.server_address[1]
        dns.resolver.default_resolver = asked
        try:
            yield
        finally:
            dns.resolver.default_resolver = before
            server.shutdown()
