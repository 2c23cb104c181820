from __future__ import annotations

import socket

import pytest

from app.operations.ports import ServeError, address_of, listen


def test_a_port_that_is_free_again_is_opened_at_once() -> None:
    with listen("127.0.0.1", 0) as opened:
        port = opened.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        server, _ = opened.accept()
        server.close()
        client.close()
    with listen("127.0.0.1", port) as again:
        assert address_of(again) == f"http://127.0.0.1:{port}"


def test_the_address_of_all_interfaces_is_the_one_a_browser_here_uses() -> None:
    with listen("0.0.0.0", 0) as opened:
        assert address_of(opened).startswith("http://127.0.0.1:")


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(ServeError, match=f"The host {host} is no address of this machine: choose another with --host"):
        listen(host, 0)
